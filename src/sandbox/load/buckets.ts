/** Finds the buckets of a loaded environment in the outputs of its resources. */
import { type Json, textOf } from '../../lib/json.ts';
import { entriesOf, type LoadedEntry } from './meta.ts';

/** Outputs that name a bucket. Bucket names are unique in all of AWS, so a clone gets other names. */
export const bucketOutputs = ['BucketName', 'HostingBucketName', 'oVODInputS3', 'oVODOutputS3'];

const bucketsOf = ({ outputs }: LoadedEntry): string[] =>
  bucketOutputs.flatMap(output => textOf(outputs[output]) ?? []);

/** The buckets that the environment owns or uses. */
export const bucketsIn = (meta: Json): string[] => entriesOf(meta).flatMap(bucketsOf);

/** The buckets that are deleted with the environment: all but imported ones. */
export const ownBucketsIn = (meta: Json): string[] =>
  entriesOf(meta)
    .filter(({ isImported }) => !isImported)
    .flatMap(bucketsOf);
