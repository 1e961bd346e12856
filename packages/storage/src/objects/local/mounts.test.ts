import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { mountOf, readVolume } from "./mounts.ts";

const INFO = [
  "22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw",
  "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard,data=ordered",
  "30 27 254:1 / /data rw,relatime shared:1 master:2 - xfs /dev/vdb rw,attr2",
  "31 30 0:50 /sub /data/with\\040space rw - btrfs /dev/vdc rw,subvol=/sub",
  "32 30 0:51 / /data/over rw - overlay overlay rw,lowerdir=/a",
  "33 32 254:3 / /data/over rw - ext4 /dev/vdd rw",
  "",
].join("\n");

describe("the mount that holds a path", () => {
  it.each([
    ["/home/graph", "ext4", "rw,discard,data=ordered"],
    ["/data", "xfs", "rw,attr2"],
    ["/data/graph", "xfs", "rw,attr2"],
    ["/database", "ext4", "rw,discard,data=ordered"],
    ["/data/with space/graph", "btrfs", "rw,subvol=/sub"],
    ["/data/over/graph", "ext4", "rw"],
  ])("the mount of %s has the type %s", (path, type, options) => {
    expect(mountOf(path, INFO)).toMatchObject({ type, options });
  });

  it("no mount is found where nothing is known", () => {
    expect(mountOf("/home", "")).toBeNull();
    expect(mountOf("/home", "no such\nlines - \n")).toBeNull();
  });

  it("the mount of a real path is found", () => {
    const { blockBytes, type } = readVolume(tmpdir());
    expect(blockBytes).toBeGreaterThanOrEqual(512);
    if (process.platform === "linux") expect(type).not.toBe("");
  });
});
