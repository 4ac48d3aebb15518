/** The buckets of a loaded environment, by the outputs of its resources. */
import { type Json, textOf } from '../../lib/json.ts';
import { entriesOf, type LoadedEntry } from './meta.ts';

/** Outputs that name a bucket. Nobody else in the world may have one of the same name. */
export const bucketOutputs = ['BucketName', 'HostingBucketName', 'oVODInputS3', 'oVODOutputS3'];

const bucketsOf = ({ outputs }: LoadedEntry): string[] =>
  bucketOutputs.flatMap(output => textOf(outputs[output]) ?? []);

/** Those that it has or uses. */
export const bucketsIn = (meta: Json): string[] => entriesOf(meta).flatMap(bucketsOf);

/** Those that go with it: what was imported stays. */
export const ownBucketsIn = (meta: Json): string[] =>
  entriesOf(meta)
    .filter(({ isImported }) => !isImported)
    .flatMap(bucketsOf);
