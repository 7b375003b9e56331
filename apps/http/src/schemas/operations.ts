import { Type } from 'typebox';
import { closed } from './common.ts';

export const JsonWebKeySet = Type.Object(
  {
    keys: Type.Array(
      Type.Object(
        {
          kty: Type.String(),
          crv: Type.String(),
          x: Type.String({ description: 'The public key.' }),
          kid: Type.String({
            description: 'The thumbprint of the key (RFC 7638); the header of a token has the same `kid`.',
          }),
          use: Type.String(),
          alg: Type.String(),
        },
        closed,
      ),
    ),
  },
  {
    ...closed,
    description: 'The public keys that verify the tokens of this service (RFC 7517).',
    examples: [
      {
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
            kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
            use: 'sig',
            alg: 'EdDSA',
          },
        ],
      },
    ],
  },
);

export const Health = Type.Object(
  { status: Type.String() },
  { ...closed, description: 'The check passed.', examples: [{ status: 'ok' }] },
);
