import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { answers } from "./answers.ts";
import { cephConf } from "./ceph-conf.ts";
import { type Daemon, daemon } from "./daemon.ts";
import { freePort } from "./free-port.ts";
import { missingPrograms } from "./missing-programs.ts";
import type { S3Server } from "./s3-server.ts";

/** A Ceph with its gateway for S3, in processes of its own. */
export interface CephRgw extends S3Server {
  /** Has the gateway take connections and not answer. */
  freeze(): void;
  thaw(): void;
  /** Ends the gateway at once; what is stored stays. */
  killGateway(): Promise<void>;
  /** Starts the gateway again, on the same port. */
  startGateway(): Promise<void>;
}

/** Why Ceph's gateway cannot be started here, and what to install; `undefined` when it can. */
export function cephRgwMissing(): string | undefined {
  const programs = ["radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool"];
  return missingPrograms(
    [...programs, "setpriv"],
    ["radosgw", "ceph-mon", "ceph-osd", "ceph-common"],
  );
}

const run = promisify(execFile);
const START_TIMEOUT_MS = 60_000;
const STORE_TRIES = 10;
// Of virtual memory; what is stored takes as much again of real memory.
const STORE_BYTES = 4 * 2 ** 30;

/** Starts Ceph's gateway on loopback, with a store in memory that is gone when it is closed. */
export async function cephRgw(): Promise<CephRgw> {
  const folder = await mkdtemp(join(tmpdir(), "step-log-ceph-"));
  const daemons = new Map<string, Daemon>();
  const close = async () => {
    // Nothing is worth saving, and an orderly end takes seconds.
    await Promise.all([...daemons.values()].map((it) => it.kill()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const conf = await startStore(folder, port, daemons);
    const startGateway = async () => {
      await rm(join(folder, "client.rgw.asok"), { force: true });
      const log = join(folder, "gateway.out");
      const gateway = daemon("radosgw", ["-f", "-c", conf, "-n", "client.rgw"], log);
      daemons.set("gateway", gateway);
      await answers(url, START_TIMEOUT_MS, gateway);
    };
    await startGateway();
    const keys = { accessKeyId: "testkey", secretAccessKey: "testsecret1234567890" };
    await addUser(conf, keys);
    return {
      name: "Ceph RGW",
      url,
      ...keys,
      freeze: () => daemons.get("gateway")?.freeze(),
      thaw: () => daemons.get("gateway")?.thaw(),
      killGateway: async () => daemons.get("gateway")?.kill(),
      startGateway,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts a monitor and a store; gives the path of their configuration. */
async function startStore(
  folder: string,
  gatewayPort: number,
  daemons: Map<string, Daemon>,
): Promise<string> {
  const [conf, monmap, keyring] = ["ceph.conf", "monmap", "keyring"].map((it) => join(folder, it));
  if (conf === undefined || monmap === undefined || keyring === undefined) throw new Error("paths");
  const [fsid, monitorPort] = [randomUUID(), await freePort()];
  await mkdir(join(folder, "mon"));
  await mkdir(join(folder, "osd"));
  await writeFile(keyring, "");
  const options = { folder, fsid, monitorPort, gatewayPort, storeBytes: STORE_BYTES };
  await writeFile(conf, cephConf(options));

  const address = `[v1:127.0.0.1:${monitorPort}]`;
  await run("monmaptool", ["--create", "--fsid", fsid, "--addv", "a", address, monmap]);
  const monitor = ["-c", conf, "-i", "a"];
  await run("ceph-mon", [...monitor, "--mkfs", "--monmap", monmap, "--keyring", keyring]);
  daemons.set("monitor", daemon("ceph-mon", ["-f", ...monitor], join(folder, "monitor.out")));

  // The store has to be made with the id under which the monitor knows it, else it boots for ever.
  const uuid = randomUUID();
  const { stdout } = await run("ceph", ["-c", conf, "--connect-timeout", "30", "osd", "new", uuid]);
  const id = stdout.trim();
  const store = ["-c", conf, "-i", id];
  await run("ceph-osd", [...store, "--mkfs", "--osd-uuid", uuid]);
  // It ends when it asks the monitor before it knows the id of the cluster: so once more.
  for (let tries = 1; ; tries++) {
    const started = daemon("ceph-osd", ["-f", ...store], join(folder, "store.out"));
    daemons.set("store", started);
    if (await boots(started, join(folder, `osd.${id}.log`))) return conf;
    if (tries === STORE_TRIES) throw new Error(`ceph-osd does not start\n${started.log()}`);
  }
}

/** Waits until the store serves, or has ended. */
async function boots(store: Daemon, logPath: string): Promise<boolean> {
  const end = performance.now() + START_TIMEOUT_MS;
  while (store.isRunning() && performance.now() < end) {
    const log = await readFile(logPath, "utf8").catch(() => "");
    if (log.includes("state: booting -> active")) return true;
    await sleep(20);
  }
  return false;
}

async function addUser(
  conf: string,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<void> {
  await run("radosgw-admin", [
    ...["-c", conf, "-n", "client.rgw", "user", "create", "--uid=test", "--display-name=test"],
    ...[`--access-key=${keys.accessKeyId}`, `--secret-key=${keys.secretAccessKey}`],
    "--max-buckets=0",
  ]);
}
