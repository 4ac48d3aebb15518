/** What the Amplify CLI accepts as the name of a new environment (aws-amplify/amplify-cli#2939, #3875). */
export const NEW_ENVIRONMENT_NAME = /^[a-z]{2,10}$/;

export const NEW_ENVIRONMENT_NAME_RULE =
  'the Amplify CLI accepts only 2 to 10 lower-case letters as a new environment name';
