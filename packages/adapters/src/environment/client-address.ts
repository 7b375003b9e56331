import { isIPv4 } from 'node:net';
import type { Client } from '@mentorship/domain';
import ipaddr from 'ipaddr.js';

/**
 * An address in its usual spelling, and the network that counts as one host: a host can use a whole /64 of IPv6
 * (RFC 4291, section 2.5.4). An IPv4 address may be written as IPv6. null for a text that is no address.
 */
export const addressForms = (text: string): Pick<Client, 'ip' | 'network'> | null => {
  // IPv4 has only one spelling. Parsing and formatting it would take 8 µs per request.
  if (isIPv4(text)) return { ip: text, network: text };
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  const ip = address.toString();
  if (!(address instanceof ipaddr.IPv6)) return { ip, network: ip };
  // A NAT64 in front of the service puts all of IPv4 into one network (RFC 6052).
  if (address.range() === 'rfc6052')
    return addressForms(ipaddr.fromByteArray(address.toByteArray().slice(-4)).toString());
  const network = new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]);
  return { ip, network: `${network.toString()}/64` };
};
