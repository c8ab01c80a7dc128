import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { answers } from "./answers.ts";
import { type Daemon, daemon } from "./daemon.ts";
import { freePort } from "./free-port.ts";
import { missingPrograms } from "./missing-programs.ts";
import type { S3Server } from "./s3-server.ts";
import { proxyConf, RINGS, ringServerConf } from "./swift-conf.ts";

// Where Swift looks for it, wherever the rest of its configuration is.
const SWIFT_CONF = "/etc/swift/swift.conf";
const START_TIMEOUT_MS = 60_000;

const run = promisify(execFile);

/** Why OpenStack Swift cannot be started here, and what to install; `undefined` when it can. */
export function swiftMissing(): string | undefined {
  const packages = ["proxy", ...RINGS].map((it) => `swift-${it}`);
  const servers = packages.map((it) => `${it}-server`);
  const missing = missingPrograms(
    [...servers, "swift-ring-builder", "memcached", "setpriv"],
    ["swift", ...packages, "memcached"],
  );
  if (missing !== undefined) return missing;
  return existsSync(SWIFT_CONF) ? undefined : `not here: ${SWIFT_CONF}`;
}

/**
 * Starts OpenStack Swift with its S3 API on loopback: a store that answers a PUT on condition with
 * 501. What is stored is gone when it is closed.
 */
export async function swift(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), "step-log-swift-"));
  const daemons: Daemon[] = [];
  const start = (command: string, args: readonly string[]): Daemon => {
    const started = daemon(command, args, join(folder, `${command}.out`));
    daemons.push(started);
    return started;
  };
  const close = async () => {
    await Promise.all(daemons.map((it) => it.kill()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [port, memcachePort] = [await freePort(), await freePort()];
    const keys = { accessKeyId: "test:testkey", secretAccessKey: "testsecret1234567890" };
    const memory = ["-l", "127.0.0.1", "-p", String(memcachePort), "-u", userInfo().username];
    start("memcached", memory);
    await mkdir(join(folder, "devices", "d1"), { recursive: true });
    const ready: Promise<void>[] = [];
    for (const ring of RINGS) {
      const ringPort = await freePort();
      await makeRing(join(folder, `${ring}.builder`), ringPort);
      const conf = join(folder, `${ring}-server.conf`);
      await writeFile(conf, ringServerConf(ring, folder, ringPort));
      const server = start(`swift-${ring}-server`, [conf]);
      ready.push(isReady(`http://127.0.0.1:${ringPort}`, server));
    }
    const conf = join(folder, "proxy-server.conf");
    await writeFile(conf, proxyConf({ folder, port, memcachePort, ...keys }));
    const url = `http://127.0.0.1:${port}`;
    await Promise.all([...ready, isReady(url, start("swift-proxy-server", [conf]))]);
    return { name: "Swift", url, ...keys, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function isReady(url: string, server: Daemon): Promise<void> {
  return answers(`${url}/healthcheck`, START_TIMEOUT_MS, server);
}

/** A ring of one device; of the smallest number of partitions, which is enough for a test. */
async function makeRing(builder: string, port: number): Promise<void> {
  await run("swift-ring-builder", [builder, "create", "2", "1", "1"]);
  await run("swift-ring-builder", [builder, "add", `r1z1-127.0.0.1:${port}/d1`, "1"]);
  await run("swift-ring-builder", [builder, "rebalance"]);
}
