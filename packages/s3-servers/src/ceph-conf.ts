/** What `cephConf` takes. */
export interface CephConfOptions {
  readonly folder: string;
  readonly fsid: string;
  readonly monitorPort: number;
  readonly gatewayPort: number;
  /** Most that all objects together may take, in bytes. */
  readonly storeBytes: number;
}

/**
 * The configuration of a Ceph of one monitor, one store in memory and one gateway, all on loopback.
 *
 * `monmap` spares clients a race for the cluster's id. `paxos propose interval` is the pause before
 * each change of the map, of which a start makes dozens. Without `tcp_nodelay` each answer with a body
 * waits 40 ms for the client's delayed acknowledgement.
 */
export function cephConf(options: CephConfOptions): string {
  const { folder, fsid, monitorPort, gatewayPort, storeBytes } = options;
  return `[global]
fsid = ${fsid}
mon host = 127.0.0.1:${monitorPort}
monmap = ${folder}/monmap
keyring = ${folder}/keyring
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
run dir = ${folder}
admin socket = ${folder}/$name.asok
log file = ${folder}/$name.log
mon cluster log file = ${folder}/cluster.log
log to stderr = false
err to stderr = true

[mon]
mon data = ${folder}/mon
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 1
paxos propose interval = 0.02
paxos min wait = 0.01
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0

[osd]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = ${storeBytes}
osd crush update on start = true
osd heartbeat grace = 600
osd class load list = *
osd class default list = *

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort} tcp_nodelay=1
rgw thread pool size = 64
rgw dns name = localhost
rgw enable ops log = false
rgw enable usage log = false
rgw run sync thread = false
rgw enable lc threads = false
rgw override bucket index max shards = 1
rgw dynamic resharding = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon max pg per osd = 1000
`;
}
