import { beforeAll, expect, it } from 'vitest';
import { callPure, describePure } from '../support/pure-python.ts';
import type { PureResult } from '../support/pure-python.ts';

/** Starting Python takes long on a busy machine. */
const SECONDS = 60_000;
const KEY = {
  KeyId: '0a1b2c3d',
  KeyManager: 'CUSTOMER',
  KeySpec: 'SYMMETRIC_DEFAULT',
  Origin: 'AWS_KMS',
  KeyState: 'Enabled',
};
const REGIONS = { PrimaryKey: { Region: 'eu-west-1' }, ReplicaKeys: [{ Region: 'us-east-1' }] };

/** Keys of all shapes, and what a person must read about those that can't rotate. */
const SHAPES: readonly (readonly [
  string,
  Readonly<Record<string, unknown>>,
  string | undefined,
])[] = [
  ['a symmetric key', {}, undefined],
  [
    'a multi-Region primary key',
    { MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY', ...REGIONS } },
    undefined,
  ],
  [
    'a replica',
    { MultiRegionConfiguration: { MultiRegionKeyType: 'REPLICA', ...REGIONS } },
    'primary key in eu-west-1',
  ],
  ['a key of AWS', { KeyManager: 'AWS' }, 'AWS manages'],
  ['an RSA key', { KeySpec: 'RSA_2048' }, 'only symmetric'],
  ['an HMAC key', { KeySpec: 'HMAC_256' }, 'only symmetric'],
  ['imported material', { Origin: 'EXTERNAL' }, 'imported material'],
  ['a CloudHSM key store', { Origin: 'AWS_CLOUDHSM' }, 'custom key store'],
  ['an external key store', { Origin: 'EXTERNAL_KEY_STORE' }, 'custom key store'],
  ['a disabled key', { KeyState: 'Disabled' }, 'state Disabled'],
  ['a key about to be deleted', { KeyState: 'PendingDeletion' }, 'state PendingDeletion'],
];

describePure('EnableKeyRotation', () => {
  let results: readonly PureResult[] = [];
  beforeAll(() => {
    const keys = SHAPES.map(([, shape]) => ({ key: { ...KEY, ...shape } }));
    results = callPure('runbooks/kms/EnableKeyRotation.py', 'require_rotatable', keys);
  }, SECONDS);

  it.each(SHAPES.map(([shape, , reason], index) => ({ shape, reason, index })))(
    '$shape',
    ({ reason, index }) => {
      if (reason === undefined) expect(results[index]).toEqual({ ok: true, value: KEY.KeyId });
      else
        expect(results[index]).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
    },
  );
});
