import { userInfo } from "node:os";

/** The rings of Swift: who keeps what. */
export const RINGS = ["account", "container", "object"] as const;

/** One ring. */
export type Ring = (typeof RINGS)[number];

/** What the configuration of a server of a ring says. */
export function ringServerConf(ring: Ring, folder: string, port: number): string {
  return `[DEFAULT]
${common(folder, port)}
devices = ${folder}/devices
mount_check = false
[pipeline:main]
pipeline = healthcheck ${ring}-server
[filter:healthcheck]
use = egg:swift#healthcheck
[app:${ring}-server]
use = egg:swift#${ring}
[${ring}-replicator]
`;
}

/** What the proxy's configuration says: S3 before it, one user, whose sessions memcached keeps. */
export function proxyConf(options: {
  readonly folder: string;
  readonly port: number;
  readonly memcachePort: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}): string {
  const { folder, port, memcachePort, accessKeyId, secretAccessKey } = options;
  const [account, user] = accessKeyId.split(":");
  return `[DEFAULT]
${common(folder, port)}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
recheck_container_existence = 1
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${memcachePort}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_${account}_${user} = ${secretAccessKey} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
`;
}

/** Without workers each server is one process, which ends when it is told to. */
function common(folder: string, port: number): string {
  return `bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${folder}
log_level = WARNING
log_address = ${folder}/no-syslog`;
}
