import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isRoot } from './postgres-server.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A mounted file system of 16 MiB. */
export type SmallDisk = Disposable & {
  path: string;
  /** Uses all free space. */
  fill(): void;
  /** Frees that space. */
  free(): void;
  /** Makes the kernel report a fault, after which it rejects every write. */
  break(): void;
  /** Checks it and mounts it again, as an operator would. No process may have a file of it open. */
  repair(): void;
};

const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'pipe', encoding: 'utf8' });

/** Mounts a small disk. Returns the reason if this machine cannot. */
export const mountSmallDisk = (): SmallDisk | string => {
  if (!isRoot) return 'Only root may mount a small disk.';
  const folder = temporaryFolder();
  const [image, path] = [join(folder.path, 'image'), join(folder.path, 'disk')];
  const mount = () => run('mount', '-o', 'loop,errors=remount-ro', image, path);
  try {
    mkdirSync(path);
    run('truncate', '--size=16M', image);
    // Without blocks reserved for root.
    run('mkfs.ext4', '-q', '-m', '0', image);
    mount();
  } catch (error) {
    folder.remove();
    return `This machine cannot mount a small disk (${(error as Error).message.trim()}).`;
  }
  const filling = join(path, 'filling');
  const device = run('findmnt', '--noheadings', '--output=source', path).trim();
  return {
    path,
    fill() {
      writeFileSync(filling, '');
      for (const size of [1024 * 1024, 4096])
        for (;;) {
          try {
            writeFileSync(filling, Buffer.alloc(size, 1), { flag: 'a', flush: true });
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code === 'ENOSPC') break;
            throw error;
          }
        }
    },
    free: () => rmSync(filling),
    break: () => writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, 'a test'),
    repair() {
      run('umount', path);
      try {
        run('fsck.ext4', '-y', image);
      } catch (error) {
        // 1: all faults are repaired.
        if ((error as { status?: number }).status !== 1) throw error;
      }
      mount();
    },
    [Symbol.dispose]() {
      if (readFileSync('/proc/mounts', 'utf8').includes(path)) run('umount', '--lazy', path);
      folder.remove();
    },
  };
};
