import { networksAround } from '@mentorship/domain';
import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';

test.each([
  ['192.0.2.1', ['192.0.2.1']],
  ['2001:db8:1:2::/64', ['2001:db8:1:2::/64', '2001:db8:1:0::/56', '2001:db8:1::/48']],
  ['2001:db8:1:2ff::/64', ['2001:db8:1:2ff::/64', '2001:db8:1:200::/56', '2001:db8:1::/48']],
  ['2001:db8:1:ff02::/64', ['2001:db8:1:ff02::/64', '2001:db8:1:ff00::/56', '2001:db8:1::/48']],
  ['2001:db8:ffff:ffff::/64', ['2001:db8:ffff:ffff::/64', '2001:db8:ffff:ff00::/56', '2001:db8:ffff::/48']],
  ['2001:db8::/64', ['2001:db8::/64', '2001:db8:0:0::/56', '2001:db8:0::/48']],
  ['2001:0:0:5::/64', ['2001:0:0:5::/64', '2001:0:0:0::/56', '2001:0:0::/48']],
  ['0:0:0:1::/64', ['0:0:0:1::/64', '0:0:0:0::/56', '0:0:0::/48']],
  ['::/64', ['::/64', '0:0:0:0::/56', '0:0:0::/48']],
])('%s is counted under %j', (network, counted) => {
  expect(networksAround(network).map((one) => one.network)).toEqual(counted);
});

test('a wider network has a larger budget, but a smaller one than its parts together', () => {
  expect(networksAround('192.0.2.1').map(({ addresses }) => addresses)).toEqual([1]);
  expect(networksAround('2001:db8::/64').map(({ addresses }) => addresses)).toEqual([1, 2, 4]);
});

test('two networks are counted together exactly where their first bits are equal', () => {
  const groups = array(integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 });
  const written = (parts: number[]) => `${parts.map((part) => part.toString(16)).join(':')}::/64`;
  const bitsOf = (parts: number[]) => parts.map((part) => part.toString(2).padStart(16, '0')).join('');
  const holds = property(groups, integer({ min: 0, max: 63 }), (parts, flipped) => {
    const other = parts.map((part, at) => (at === flipped >> 4 ? part ^ (0x8000 >> (flipped & 15)) : part));
    const [ours, theirs] = [parts, other].map((one) => networksAround(written(one)));
    for (const [at, bits] of [64, 56, 48].entries())
      expect(ours![at]!.network === theirs![at]!.network).toBe(
        bitsOf(parts).slice(0, bits) === bitsOf(other).slice(0, bits),
      );
  });
  assert(holds);
});
