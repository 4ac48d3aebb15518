/**
 * What no tool does: the phrases by which people ask for it, why there is no tool, and what to do instead. A sentence matches
 * if it has a phrase of `asks` and one of `about`, and none of `unless`, which recognizes what a tool does; or if it consists
 * of a phrase of `alone`. In a phrase, `*` stands for any ending. To cover new wording, add a phrase to a list.
 */
import { wordsIn } from './terms.ts';

export interface NoTool {
  readonly reason: string;
  /** Sentences on what to do instead. One that names a tool is left out if the tool is not served; the last one names none. */
  readonly way: string;
}

interface Phrases {
  readonly asks: string;
  /** Lists of phrases: the sentence must have one of each. */
  readonly about?: string | readonly string[];
  readonly unless: string;
  /** Phrases that are a request by themselves. */
  readonly alone?: string;
}

// biome-ignore format: a list is a line
const cancelling: NoTool = {
  reason: 'AWS has no call that cancels or stops a job of a backend.',
  way: 'wait_for_job follows it to its end, explain_job says why it hangs, and update_backend_job rewrites only its record. A stack update in progress can be cancelled in the CloudFormation console, which rolls it back.',
};

// biome-ignore format: a list is a line
const noHistory: NoTool = {
  reason: 'AWS keeps no history of a backend, so no tool undoes a change or a deletion.',
  way: 'provision_environment rebuilds a configuration from an earlier export_environment. Otherwise make the opposite change with the former values.',
};

// biome-ignore format: a list is a line
const noTools: readonly (NoTool & Phrases)[] = [
  {
    asks: 'renam*, retitl*, relabel*, misspel*, mistyp*, rather, update, edit, change, changing, switch, give, gets, fix, correct, replace, new, better, nicer, different, other, another, right, wrong, readable, proper, typo, should, could, call, calls, needs, needed, instead, from now on, can, wish, prefer, still, named after, to be called, to be named, be called',
    about: 'renam*, retitl*, relabel*, misspel*, mistyp*, name, names, named, title, be called, call it, call our, call this, call my, display name, call the app, call the env*, call the stage, called differently, is called',
    unless: 'field*, column*, type, types, table*, model*, attribute*, enum, index, relation*, schema, clone, copy, duplicate, replicate, fork, same, create, empty, again, once more, branch off, new env*, new stage, new back*, one more, need a*, add, spin, set up, start, open, register, bootstrap, based, just like, query, subject, text, users, sign up, email, mail, message, user name, username, which, by its name, by name, names of, name it, identical, dupl*, bucket with, called internally, find, list, what is the name, whats the name, resource name, make me, bring',
    reason: "AWS fixes the names of apps' environments and of resources when they are created.",
    way: 'clone_environment copies an environment to the new name, without data and users, and decommission_environment removes the old one. The display name of an app is changed in the Amplify console.',
  },
  {
    asks: 'cancel*, abort*, stop, stops, stopped, stopping, halt*, kill, killed, interrupt*, terminat*, quit, end this, prevent, discontinue, pull the plug, call off, break off, end it, end that, end the, dont continue, do not continue, dont go on, make it end',
    about: 'job*, deploy*, clon*, copy, copying, push*, operation, update, updating, import, provisioning, creation, deletion, rollout, running, in progress, in flight, generation, started, whatever, must not go on, what you, this, it now, it again',
    unless: 'token, code*, pass, session, access, invit*, challenge, studio, admin, mark, record, flip, upload*, guest*, anonymous, users, files, using, until, notify, costing, why, reason, what happened, schedule',
    alone: 'stop, make stop, abort, cancel, halt, kill, interrupt, quit, stop deploying, stop cloning',
    ...cancelling,
  },
  {
    asks: 'get rid, rid of, go away, goes away, going away, remove, delete, dismiss, drop, clear, vanish, disappear, erase, wipe, discard, away with',
    about: 'running job*, the job, this job, that job, discard the pending, pending job*, pending deploy*, pending push, pending operation*, pending update*, a job, hanging job*, stuck job*, current job, running deploy*, the deployment, this deployment, that deployment, running clone, running operation*, jobs, job of, job on',
    unless: 'table*, schema, type*, field*, model*, login, keep, queue*, api, storage, zombie, record*, mark*, return*, block*, raw, waits, wait for, wait until, until, history, hand me, poll, environment*, backend, failed since, as failed, as done, and follow, job id, give me, then, token, challenge, api call, by hand, overwrite',
    ...cancelling,
  },
  {
    asks: 'cost*, billing, bill, bills, billed, spend*, pricing, price of, expens*, budget*, dollars, euros, charge, charged, charges, cheap*, pricey, pay, paying, money, a price, price for, the price, prices, price estimate, estimate price, estimat*, free tier, per month, expenses, fee, fees',
    alone: 'price, cost, costs',
    unless: 'bucket*, nothing, leftover*, type, model, field, table, schema, billing account, tear, nuke, delete, remove, drop, upload*, file*, payment*',
    reason: 'The AmplifyBackend API knows nothing of costs.',
    way: 'describe_environment lists the resources that an environment is billed for. Costs and budgets are in AWS Cost Explorer and the Billing console.',
  },
  {
    asks: 'push, pushing, deploy, deploys, redeploy, deployment from, deploying, ship, shipping, release, publish, go live, get live, live, amplify push, roll out, roll the new, get my, get our, send my, rollout, upload, bring',
    about: 'code, codebase, frontend, front end, website, web site, webapp, web app, function*, lambda*, commit*, laptop, local*, everything i, amplify push the, amplify push my, react, vue, angular, git push, build, bundle, changes, local, my work, my branch, new version, latest version, source*, handler, artifact, the app, my app, our app, my amplify app, run amplify, an amplify push, from git*, to git*, github, gitlab, bitbucket, from a repo*, from the repo*, from our repo*, my repo*, this repo*, a repo*, ci cd, pipeline',
    alone: 'amplify push, push, deploy, redeploy, amplify publish, git push',
    unless: 'model*, codegen, schema, type*, api, job*, status, why, fail*, stuck, history, done, wait, who, was, last, can i, until, running, blocking, anything, someone, somebody, login, snapshot, config*, finish*, did, ready, through, hang*, crash*, explod*, error*, broke*, how, wrong, progress, connect',
    reason: 'Tools change a backend through the AmplifyBackend API, which takes no code.',
    way: 'update_backend_api deploys a GraphQL schema. Backend code is deployed with `amplify push`, a frontend by a push to its Git branch or in the Amplify console.',
  },
  {
    asks: 'show, give, reveal, print, read, tell, what, whats, which, get, fetch, see, display, send, look up, find, where, retrieve, expose, copy, paste, decrypt, list, forgot, lost, need the, need our, have the, have our, want the, hand, share, export, need, want, is the, are the, leak*',
    about: 'api key*, apikey*, admin password, secret, secrets, password, passwords, access key*, private key*, signing key*, appsync key, the key, key value, credentials, connection string',
    unless: 'rule*, polic*, requir*, length, long, short, chars, multi factor, mfa, strong, strict, strength, character*, digit*, symbol*, expir*, lifetime, valid*, renew*, rotate, change, add, create, set up, type*, table, field, forgot password, forgotten, reset*, mode, switch, instead, authori*, or cognito, one time, challenge, demand*, accept*, enforce*, complex*, kind of, studio, admin ui, admin panel, session, iam, role, whose, accounts, which account, least, must, should, weak, min, minimum, allowed, configur*, using, enabled, sign up, secret code, by email, text, message, mail, password setting*',
    reason: 'No tool shows an API key or a password, and answers withhold secrets.',
    way: "get_backend_api tells when an API key expires; get_backend_auth shows the secrets of social providers only where the operator sets revealSecrets. An API key is in the AppSync console, a client secret at its provider; nobody can see a user's password.",
  },
  {
    asks: 'restor*, get them back, get it back, have back, back again, last weeks, yesterdays, version of, older version*, recover, recovering, recovered, backup*, back up, backed up, bring back, get back, undelet*, point in time, rescue, salvage, accidentally, by accident, rewind, undo the delet*, roll back',
    about: 'data, table*, records, rows, items, files, photo*, picture*, image*, upload*, document*, file, record, row, user, users, accounts, database, dynamo*, restore a backup, restore the backup, from backup*, from a backup, from the backup, from yesterday, from last, bucket*, pool, posts, orders, messages, entries, content, customers',
    unless: 'config*, setting*, snapshot, json, export*, setup, definition, schema, metadata, backend, everything, let users, let people, let them, their account, by email, by sms, by phone, the file, that file, this file, a file',
    reason: 'The AmplifyBackend API has no backups and brings no data, files or users back.',
    way: 'export_environment and provision_environment save and rebuild only the configuration. DynamoDB restores tables from its backups, S3 files from their versions, where these were on; the users of a deleted pool are gone.',
  },
  {
    asks: 'gen 1, gen 2, gen1, gen2, gen two, gen ii, generation 1, generation 2, generation two, second generation, new generation, next generation',
    unless: 'delete, remove, tear, drop, decommission, how many, which of, which apps, which app, which env*, which backend*, are still, still on, still run, spreadsheet, inventory, overview, left before, have left, whether, audit, each app, ready, readiness, block*, blocker*, stops us, assess*, manual work, unsupported, supported, not support, support what, by hand, survive, be migrated, can we migrate, verify, verified, prove, proof, table, tables, our data, wider, narrower, permission*, private files, branch, compare*, adopt*, is lost, anything lost, missing, holding, left over, leftover*, make it to, made it, after the gen 2, after migrat*, refactor*, stack still, equals, same',
    reason: 'No tool migrates an environment to Amplify Gen 2.',
    way: "assess_migration tells how ready an environment is, and verify_migration proves afterwards that the Gen 2 branch has its data and rights. The migration is done outside, by a person in the project's checkout, with the Amplify CLI's preview `amplify gen2-migration`, beginning with `assess`.",
  },
  {
    asks: 'cloudwatch, metric*, alarms, an alarm, latency, throughput, traffic, tracing, error rate*, analytics, invocations, how many requests, how many visitors, how many calls, function logs, lambda logs, access logs, server logs, application logs, api logs, error logs, logs of the api, app logs, logs of the function, logs of the lambda, logs of my, the logs from',
    unless: 'job*, deploy*, push, bucket*',
    reason: 'Logs and metrics are not part of the AmplifyBackend API.',
    way: 'explain_job tells the errors of a deployment, describe_environment the state of the stack and the names of functions. Logs and metrics are in CloudWatch.',
  },
  {
    asks: 'copy, copies, copying, clone, cloning, duplicate, move, moving, migrat*, transfer, export*, download*, import, sync*, back up, backup, dump, take over, bring, carry, replicate, load',
    about: 'copy users, user accounts, all users, all the users, all our users, users from, users to, users of, users in, users over, users between, users into, users along, keep users, keep the users, keep its users, keep their users, keep all users, with users, with the users, with all users, with its users, and users, and the users, and its users, including users, including the users, including its users, include users, include the users, include its users, user accounts from, user accounts to, accounts from, accounts to, user list, user data, the users, our users, my users, existing users',
    unless: 'user pool, userpool, the pool, a pool, existing pool, old pool, our pool, this pool, whole pool, directory, without, should, able, may, can, must, allow*, let, sign in, sign up, log in, login, upload*, read, write, who, delete*, remove*, tear, drop, own, only, mfa, password*, mail*, message*, text, set up, schema, type*, field*, verif*, what, which, identical, all three, complete backend, in one go, add, create, nothing, cost*',
    reason: 'No tool reads, copies or moves the users of a user pool: a clone has a new pool without users.',
    way: 'import_backend_auth lets another environment use the same user pool, with its users. Otherwise export and import users with `aws cognito-idp` or the Cognito console; passwords cannot be exported.',
    alone: 'copy users, export users, import users, migrate users, move users, download users',
  },
  {
    asks: 'list, show, count, see, search, find, fetch, how many, who, which, reset, create, add, delete, remove, disable, block, ban, unlock, confirm, unblock, make, put, kick, edit, change, promote, demote, email, suspend, throw, get',
    about: 'list users, the users in, list all users, show all users, see all users, list our users, list the users, show the users, show our users, registered users, which users, many users, many people, many accounts, many customers, signed up, list accounts, users password, user password, password of, password for, a user, an user, the user, this user, one user, test user, user named, user called, single user, user group*, group, a customer, one customer, this customer, that customer, one member, people use, people have, emailaddress',
    unless: 'user pool, user management, user account*, directory, should, able, allow*, let, may, permission*, signed in, must, attribute*, type, text, studio, admin ui, files, upload*, sign in, log in, rule*, polic*, field*, table*, index, model*, schema, records',
    reason: 'No tool reads or changes single users or groups of a user pool.',
    way: 'get_backend tells the id of the user pool. Manage its users in the Cognito console or with `aws cognito-idp`.',
  },
  {
    asks: 'run, execute, do, insert, fill, put, query, empty, truncate, clear, update, save, store, write, seed, populate, show, list, read, get, fetch, count, see, delete, edit, change, add, find, how many, copy, move, transfer, sync, load, clone, cloning, duplicate, replicate',
    about: 'including its data, including data, including the data, including all data, with its data, with the data, with all data, with all its data, and its data, and data, and the data, and all data, query all, query for, query the, query against, empty the, truncate, clear the table, mutation, sql, queries, rows, row, records, items, entries, entry, in the table, from the table, in the database, from the database, test data, sample data, mock data, the data, data of, with data, data from, all data, production data, prod data, live data, real data',
    unless: 'schema, type*, field*, column*, data model, to the model, new model, relation*, token, job*, own, owner*, public*, allow, let, restrict, only, who, may, should, able, pool, rid, bucket*, guest*, layer, tables, everything, conflict*, subscri*, users, files, graphql api, data api, aws, client*',
    reason: 'No tool reads, writes or copies the data behind an API.',
    way: "get_backend tells the endpoint, get_backend_api the schema. Query in the AppSync console or with a GraphQL client; move rows with DynamoDB's export and import.",
  },
  {
    asks: 'upload, download, list, show, see, delete, remove, move, open, browse, empty, put, what, which, how many, copy, get, fetch, find, sync, transfer, migrate, back up, clone',
    about: 'copy the files, copy all files, copy files, copy our files, copy the photos, copy the uploads, download all, download the files, download files, download the uploads, download the photos, download the pictures, move the files, move all files, sync the files, sync files, transfer the files, migrate the files, with its files, with the files, with all files, with files, and the files to, and files to, back up the files, delete all files, delete the files in, old files, that were uploaded, uploaded files, uploaded pictures, this file, these files, from the bucket, out of the bucket, to the bucket, from storage, to storage, from s3, into s3, to s3, in s3, in storage, files in, file in, files from, file from, file to, files to, objects in, photos in, images in, pictures in, files of, into the bucket, content of the bucket, contents of the bucket, inside the bucket, objects are, files are, are in the bucket, is in the bucket, in the bucket, the bucket empty, empty the bucket',
    unless: 'let, allow, users, user, guest*, people, anybody, anyone, nobody, who, may, can, anonymous, everyone, visitor*, able, permission*, restrict, should, must, public, private, export, config*, setup, setting*, json, git, repo*, model*, generated, and the storage, and storage, and the bucket, with the bucket',
    alone: 'copy files, move files, download files, export files, upload files, sync files',
    reason: 'No tool reads or writes the files of a bucket.',
    way: 'get_backend_storage tells the bucket and who may do what in it. Use the S3 console or `aws s3`.',
  },
  {
    asks: 'domain*, subdomain*, www, custom url, own url, web address, dns, ssl, tls, route53, route 53, cname, hosting, to github, our github, my github, github repo*, gitlab, bitbucket, git branch, git repo*, environment variable*, env var*, amplify yml, build setting*, build spec*, start a build, trigger a build, new build, a build, the build, frontend build, rerun the build, connect a branch, connect the branch',
    unless: 'login, sign*, export*, snapshot, save, config*, bucket*, model*, functions, auth*, oauth, hosted, callback*, redirect*, upload*, file*, storage, email*, mail, cognito, type, field, model, schema, table',
    reason: 'Domains, branches, builds and hosting belong to Amplify Hosting, which these tools do not manage.',
    way: 'describe_environment tells which branches an environment serves. Use the Amplify console or `aws amplify`.',
  },
  {
    asks: 'invite, add, give, grant, remove, onboard, let, needs, allow',
    about: 'team member*, team mate*, teammate*, colleague*, developer*, coworker*, co worker*, contractor*, collaborator*, engineer*, to the team, to our team, to my team, amplify team, our team, iam user*, iam polic*, iam permission*',
    unless: 'admin, studio, console, token, code*, cms, pass, temporary, environment, env, stage, copy, sandbox, back office, upload*, files, acting, which, who, own, once',
    reason: 'Rights in AWS are not part of a backend.',
    way: 'create_token lets somebody into the Admin UI for a moment. Give people access in IAM or IAM Identity Center.',
  },
  {
    asks: 'restor*, undelet*, un delete, recover*, resurrect*, reviv*, reinstat*, bring back, bring it back, bring them back, get back, get it back, want it back, need it back, give it back, have it back, point in time, pitr, time travel, last known good, deleted the wrong, removed the wrong, time machine, back in time, yesterdays state, environment back, env back, stage back, backend back, api back, login back, storage back, back to life, retrieve the env*, retrieve the delet*, retrieve the stage, old state, former state, undo, revert, roll back, rolling back, go back to, rewind, roll it back, roll that back, change back, changes back, take back what, take it back, take that back, how it was, as it was, it was before, previous version, earlier version',
    unless: 'a mistake, graphql, forget*, let them, let users, let people, by sms, by email, why, status, stuck, failed, snapshot, export*, json, cause*, undo the login, which, studio, compare, differ*, saved, backup*, from the file, from this file, this file, from file, from this, config file, declaration, document*, forgot*, account recovery, recovery by, recovery mail*, recovery code*, recovery option*, recovery sett*, recovery mess*, recovery email*, who, when, graphql type, done, finished, complete, running, started, wait',
    alone: 'recovery, restore, undelete, undo, revert, rollback, roll back, pitr',
    ...noHistory,
  },
  {
    asks: 'by mistake, by accident, accident*, oops, wrongly, unintentionally, in error',
    about: 'deleted, removed, wiped, dropped, destroyed, nuked, tore down, torn down, erased, lost, killed',
    unless: 'delete, remove, created, job*, clone*, why, status, failed',
    ...noHistory,
  },
  {
    asks: 'add, create, write, edit, update, change, delete, remove, set up, need, want, make, invoke, call, run, new, put, send',
    about: 'lambda*, function*, rest api*, rest endpoint*, rest route*, rest service*, rest interface, restful, http endpoint*, http api*, api gateway, an endpoint, new endpoint, another endpoint, webhook*, queue*, redis, cache cluster, rds, aurora, container*, docker, fargate, map service, maps, machine learning, predictions, custom resource*, cdk, push notification*, pinpoint, chatbot*, lex, geofenc*, websocket*, opensearch, elasticsearch, step function*, sqs, sns, kinesis, full text search',
    unless: 'type*, model*, field*, clone, copy, compare, export, which, summary, graphql, oauth, callback*, redirect*',
    reason: 'The AmplifyBackend API manages auth, a GraphQL API, storage and the Admin UI, and nothing else.',
    way: "describe_environment shows what else is deployed. Use the Amplify CLI in the project's checkout: `amplify add` or `amplify update`, then `amplify push`.",
  },
  {
    asks: 'create, make, new, add, set up, register, start, open, init, initialize, need, want, bootstrap',
    about: 'new app, new apps, an app, another app, second app, amplify app, an application, new application, another application, new project, another project, amplify project, another amplify project, amplify init, create app, a project',
    unless: 'api, graphql, login, log in, sign*, auth*, storage, bucket*, upload*, database, table*, user*, people, customer*, data, environment*, env, envs, stage*, stack, backend*, full, everything, admin, studio, cms, token, model*, schema, copy, clone, delete, remove, which, what, how many, exist*, existing, there, find, id, files, file, photo*, job*',
    alone: 'amplify init, create app, create project',
    reason: 'No tool creates an Amplify app.',
    way: 'list_apps tells which apps there are; create_backend and provision_environment create an environment of an app. A person creates the app in the Amplify console or with `amplify init`.',
  },
  {
    asks: 'change, changing, switch, switching, replace, convert, instead, rather than, migrate, move, from email, from phone, from username, from user name, no longer',
    about: [
      'sign in, signin, sign ins, signing in, log in, login, logins, logging in, log on, username attribute*, alias*, required attribute*, authenticate',
      'from email, from phone, from user name, from username, from mail, to email, to phone, to user name, to username, to mail, by phone, by email, by username, with phone, with email, with a phone*, with their phone*, with username, with user name, phone instead, number instead, phone number, email instead, username instead, instead of email, instead of phone, instead of user*, instead of an email, instead of a user*, instead of the email, instead of mail, rather than email, rather than phone, rather than user*, sign in method, login method, signin method, required attribute*, username attribute*, alias*, sign in from, login from',
    ],
    unless: 'code*, sms, mfa, verif*, confirm*, forgot*, reset*, google, facebook, apple, amazon, social, callback*, redirect*, message*, text, subject, invit*, new env*, new stage, no auth, no login, yet, studio, admin, token, api, graphql, schema, type, what, which, show, import, existing',
    reason: 'AWS fixes the sign-in method and the required attributes of a user pool when it is created.',
    way: 'provision_environment or create_backend_auth create another pool with them, in an environment that has no sign-in. To change it in an existing environment, delete its pool first, with all users.',
  },
  {
    asks: 'every night, every hour, every morning, every day, every week, every monday, every friday, cron, schedule a, schedule the, schedule it, tomorrow at, at midnight, tonight, later today',
    unless: 'type, model, field, table',
    reason: 'Tools act when they are called; none acts on a schedule.',
    way: 'Let a scheduler (cron, CI, EventBridge) run `amplify-backend-mcp call TOOL` at that time.',
  },
  {
    asks: 'move, migrate, transfer, relocate, copy, clone, replicate, shift, want, need, deploy, bring, create, run, change, switch, set, put, host',
    about: 'the region, its region, aws region, region of, region to, regions, another region, another account, another aws account, different region, different account, other region, other account, to account, to region, second account, second region, cross region, cross account, new account, new region, aws account, to eu, to us, to ap, in eu, in us, to frankfurt, in frankfurt, to ireland, in ireland, to virginia, in virginia, to europe, in europe, to london, in london, to tokyo, in tokyo',
    unless: 'user pool, users, pool, bucket*, which, what, whats, know, tell, show, am i, are we, are you, look',
    reason: 'AWS clones an environment only within its app, and so within one account and region.',
    way: 'export_environment there and provision_environment here rebuild the configuration, without users and data. Create the app in the other account or region in the Amplify console first.',
  },
  {
    asks: 'protect, as protected, protection, lock, write protect, safeguard, pause, suspend, hibernate, to sleep',
    about: 'environment*, env, prod, production, live, staging, stage, main, dev, qa, test, backend',
    unless: 'are protected, is protected, what is protected, bucket*, file*, upload*, order*, type*, api, field*, guest*, until, job, user*, schema, records, posts, which',
    reason: 'No tool protects or pauses an environment.',
    way: 'The operator of this server protects environments with the settings `protected` and `readOnlyEnvironments`; AWS has no pause.',
  },
];

/** The parsed lists of phrases. */
const phrases = new Map<string, readonly string[]>();

function phrasesOf(list: string): readonly string[] {
  const found = phrases.get(list) ?? list.split(', ').map(phrase => ` ${phrase} `.replace('* ', ''));
  phrases.set(list, found);
  return found;
}

/** Words that do not say what is to be done. */
const FILLING =
  /\b(?:please|pls|plz|hey|hi|ok|okay|oops|now|just|it|this|that|everything|all|them|the|my|our|a|an|again|immediately|at once|right away|can|could|would|you|i|we|want to|need to|how do|how to|do|for me|is there)\b/g;

/** The names of tools in a text. */
export const toolsIn = (text: string): readonly string[] => text.match(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g) ?? [];

/** Why no tool does what a sentence asks for; undefined if one may. @param served the names of the served tools */
export function findNoTool(sentence: string, served: ReadonlySet<string>): NoTool | undefined {
  const text = ` ${wordsIn(sentence.toLowerCase().replaceAll('@', ' emailaddress ')).join(' ')} `;
  const core = text.replace(FILLING, ' ').split(/\s+/).filter(Boolean).join(' ');
  const has = (list: string) => phrasesOf(list).some(phrase => text.includes(phrase));
  const found = noTools.find(
    ({ asks, about = asks, unless, alone }) =>
      alone?.split(', ').includes(core) || (has(asks) && [about].flat().every(has) && !has(unless)),
  );
  const sentences = found?.way.split('. ').filter(part => toolsIn(part).every(name => served.has(name)));
  return found && { reason: found.reason, way: sentences?.join('. ') ?? '' };
}
