import { hasHiddenParts } from './look-alikes.ts';
import { hasMixedDigits, withLetters } from './punctuation.ts';

/** A dot-atom (RFC 5322, section 3.2.3; RFC 6531 adds letters of every script) of up to 64 characters. */
const localPart = /^(?=.{1,64}$)[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;

/** Two labels or more. The last one is no number: that would be an IPv4 address. */
const domain =
  /^(?:[\p{L}\p{Nd}](?:[\p{L}\p{Mn}\p{Mc}\p{Nd}-]{0,61}[\p{L}\p{Mn}\p{Mc}\p{Nd}])?\.)+(?!\p{Nd}+$|0x[\da-f]*$)[\p{L}\p{Nd}](?:[\p{L}\p{Mn}\p{Mc}\p{Nd}-]{0,61}[\p{L}\p{Mn}\p{Mc}\p{Nd}])?$/iu;

/** Whether a text of bounded length is an email address. Its time is linear. */
export const isEmail = (address: string): boolean => {
  if (hasHiddenParts(address)) return false;
  const parts = address.split('@').map((part) => part.split('.').map(withLetters).join('.'));
  const [local = '', host = ''] = parts;
  return (
    parts.length === 2 && localPart.test(local) && domain.test(host) && !address.split(/[.@]/u).some(hasMixedDigits)
  );
};
