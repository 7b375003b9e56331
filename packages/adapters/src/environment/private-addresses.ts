import { BlockList, isIP } from 'node:net';

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The networks that `TRUST_PROXY` may name, and that the internet does not reach (RFC 1918, 3927, 4193 and 4291). */
const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** The addresses that providers share between customers (RFC 6598). */
const shared = '100.64.0.0/10';

/** Returns whether an address, or the network that begins with it, is in one of the networks. Ignores what is none. */
export const inNetworks = (networks: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList();
  for (const network of networks.flatMap((entry) => named[entry] ?? [entry])) {
    const [address = '', length = isIP(network) === 6 ? '128' : '32'] = network.split('/');
    if (isIP(address) !== 0 && /^\d{1,3}$/.test(length)) list.addSubnet(address, Number(length), familyOf(address));
  }
  return (text) => {
    const address = text.replace(/[%/].*/s, '');
    return isIP(address) !== 0 && list.check(address, familyOf(address));
  };
};

export const isLoopback = inNetworks(['loopback']);

/** Whether an address is of this machine or of a private network. */
export const isPrivate = inNetworks([...Object.keys(named), shared]);
