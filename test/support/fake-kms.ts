/**
 * A fake KMS over real HTTP, for the SDK's own client, with the two calls that the vault makes. It decrypts a data key only with
 * the same key id and the same encryption context.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KMSClient } from '@aws-sdk/client-kms';

export const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

export interface FakeKms {
  /** The client of a region, as the vault asks for one. */
  readonly createKms: (region: string) => KMSClient;
  /** The actions of the requests so far, each with its region. */
  readonly asked: string[];
  /** From now on KMS denies everything with this message. */
  deny(words: string): void;
  close(): Promise<void>;
}

interface Body {
  KeyId: string;
  EncryptionContext: Record<string, string>;
  CiphertextBlob?: string;
}

export async function startFakeKms(): Promise<FakeKms> {
  const master = randomBytes(32);
  const asked: string[] = [];
  let denied: string | undefined;

  /** Binds the ciphertext to key id and context, as KMS does. */
  const aad = ({ KeyId, EncryptionContext }: Body) => Buffer.from(JSON.stringify([KeyId, EncryptionContext]));
  function generate(body: Body) {
    const [key, iv] = [randomBytes(32), randomBytes(12)];
    const cipher = createCipheriv('aes-256-gcm', master, iv).setAAD(aad(body));
    const blob = Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    return { KeyId: body.KeyId, Plaintext: key.toString('base64'), CiphertextBlob: blob.toString('base64') };
  }
  function decrypt(body: Body) {
    const blob = Buffer.from(body.CiphertextBlob ?? '', 'base64');
    const decipher = createDecipheriv('aes-256-gcm', master, blob.subarray(0, 12)).setAAD(aad(body));
    decipher.setAuthTag(blob.subarray(-16));
    const key = Buffer.concat([decipher.update(blob.subarray(12, -16)), decipher.final()]);
    return { KeyId: body.KeyId, Plaintext: key.toString('base64') };
  }

  const server = createServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).replace('TrentService.', '');
    const [, region = ''] = /\/\d{8}\/([\w-]+)\/kms\//.exec(request.headers.authorization ?? '') ?? [];
    asked.push(`${action} ${region}`);
    let text = '';
    for await (const chunk of request) text += chunk;
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    if (denied !== undefined) return answer(400, { __type: 'AccessDeniedException', message: denied });
    try {
      return answer(
        200,
        action === 'GenerateDataKey' ? generate(JSON.parse(text)) : decrypt(JSON.parse(text)),
      );
    } catch {
      return answer(400, { __type: 'InvalidCiphertextException', message: null });
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    createKms: region =>
      new KMSClient({
        region,
        endpoint: `http://127.0.0.1:${port}`,
        credentials: { accessKeyId: 'AKIAFAKEKMS000000000', secretAccessKey: 'x' },
        maxAttempts: 1,
      }),
    deny: words => {
      denied = words;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
