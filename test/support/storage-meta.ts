/** An amplify-meta with one bucket. */
export const storageOf = (bucket: string) => ({
  storage: {
    files: {
      service: 'S3',
      providerPlugin: 'awscloudformation',
      output: { BucketName: bucket, Region: 'us-east-1' },
    },
  },
});
