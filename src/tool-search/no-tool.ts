/**
 * What no tool does: the words by which people ask for it, why there is no tool, and what to do instead. A sentence
 * asks for it if it has a phrase of `asks` and one of `about`, and none of `unless`, which recognizes what a tool does.
 * Phrases are matched as they are written, with any ending for `*`. New wording is one more phrase in a list.
 */
import { wordsIn } from './terms.ts';

export interface NoTool {
  readonly reason: string;
  /** Sentences. Those that name tools come first, and are left out where a tool is not served; the last one names none. */
  readonly way: string;
}

// biome-ignore format: a list is a line
const noTools: readonly (NoTool & { readonly asks: string; readonly about?: string; readonly unless: string })[] = [
  {
    asks: 'renam*, retitl*, relabel*, misspel*, mistyp*, rather, update, edit, change, changing, switch, give, gets, fix, correct, replace, new, better, nicer, different, other, another, right, wrong, readable, proper, typo, should, could, call, calls, needs, needed, instead, from now on, can, wish, prefer, still, named after',
    about: 'renam*, retitl*, relabel*, misspel*, mistyp*, name, names, named, title, be called, call it, call our, call this, call my, display name, call the app, call the env*, called differently, is called',
    unless: 'field*, column*, type, types, table*, model*, attribute*, enum, index, relation*, schema, clone, copy, duplicate, replicate, fork, same, create, empty, again, once more, branch off, new env*, new stage, new back*, one more, need a*, add, spin, set up, start, open, register, bootstrap, based, just like, query, subject, text, users, sign up, email, mail, message, user name, username, which, by its name, by name, names of, name it, identical, dupl*, bucket with, called internally, find, list, what is the name, whats the name, resource name, make me, bring',
    reason: "AWS fixes the names of apps' environments and of resources when they are created.",
    way: 'clone_environment copies an environment to the new name, without data and users, and decommission_environment removes the old one. The display name of an app is changed in the Amplify console.',
  },
  {
    asks: 'cancel*, abort*, stop, stops, stopped, stopping, halt*, kill, killed, interrupt*, terminat*, quit, end this, prevent, discontinue, pull the plug, call off, break off, end it, end that, end the, dont continue, do not continue, dont go on',
    about: 'job*, deploy*, clon*, copy, copying, push*, operation, update, updating, import, provisioning, creation, deletion, rollout, running, in progress, in flight, generation, started, whatever, must not go on, what you, this, it now, it again',
    unless: 'token, code*, pass, session, access, invit*, challenge, studio, admin, mark, record, flip, upload*, guest*, anonymous, users, files, using, until, notify, costing, why, reason, what happened, schedule',
    reason: 'AWS has no call that cancels or stops a job of a backend.',
    way: 'wait_for_job follows it to its end, explain_job says why it hangs, and update_backend_job rewrites only its record. A stack update in progress can be cancelled in the CloudFormation console, which rolls it back.',
  },
  {
    asks: 'cost*, billing, bill, bills, billed, spend*, pricing, price of, expens*, budget*, dollars, euros, charge, charged, charges, cheap*, pricey, pay, paying, money, a price, price for, free tier, per month, expenses',
    unless: 'bucket*, nothing, leftover*, type, model, field, table, schema, billing account, tear, nuke, delete, remove, drop, upload*, file*, payment*',
    reason: 'The AmplifyBackend API knows nothing of costs.',
    way: 'describe_environment lists the resources that an environment is billed for. Costs and budgets are in AWS Cost Explorer and the Billing console.',
  },
  {
    asks: 'push, pushing, deploy, redeploy, deploying, ship, shipping, release, publish, go live, get live, live, amplify push, roll out, roll the new, get my, get our, send my, rollout, upload, bring',
    about: 'code, codebase, frontend, front end, website, web site, webapp, web app, function*, lambda*, commit*, laptop, local*, everything i, amplify push the, amplify push my, react, vue, angular, git push, build, bundle, changes, local, my work, my branch, new version, latest version, source*, handler, artifact, the app, my app, our app, my amplify app, run amplify, an amplify push',
    unless: 'model*, codegen, schema, type*, api, job*, status, why, fail*, stuck, history, done, wait, who, was, last, can i, until, running, blocking, anything, someone, somebody, login, snapshot, config*, finish*, did, ready, through, hang*, crash*, explod*, error*, broke*, how, wrong, progress',
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
    unless: 'config*, setting*, snapshot, json, export*, setup, definition, schema, metadata, backend, everything, the file, that file, this file, a file',
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
    reason: 'Logs and metrics are no part of the AmplifyBackend API.',
    way: 'explain_job tells the errors of a deployment, describe_environment the state of the stack and the names of functions. Logs and metrics are in CloudWatch.',
  },
  {
    asks: 'list, show, count, see, search, find, fetch, how many, who, which, reset, create, add, delete, remove, disable, block, ban, unlock, confirm, unblock, make, put, kick, edit, change, promote, demote, email, suspend, throw, get',
    about: 'list users, the users in, list all users, show all users, see all users, list our users, list the users, show the users, show our users, registered users, which users, many users, many people, many accounts, many customers, signed up, list accounts, users password, user password, password of, password for, a user, an user, the user, this user, one user, test user, user named, user called, single user, user group*, group, a customer, one customer, this customer, that customer, one member, people use, people have, emailaddress',
    unless: 'user pool, user management, user account*, directory, should, able, allow*, let, may, permission*, signed in, must, attribute*, type, text, studio, admin ui, files, upload*, sign in, log in, rule*, polic*, field*, table*, index, model*, schema, records',
    reason: 'No tool reads or changes single users or groups of a user pool.',
    way: 'get_backend tells the id of the user pool. Manage its users in the Cognito console or with `aws cognito-idp`.',
  },
  {
    asks: 'run, execute, do, insert, fill, put, query, empty, truncate, clear, update, save, store, write, seed, populate, show, list, read, get, fetch, count, see, delete, edit, change, add, find, how many, copy, move, transfer, sync, load',
    about: 'query all, query for, query the, query against, empty the, truncate, clear the table, mutation, sql, queries, rows, row, records, items, entries, entry, in the table, from the table, in the database, from the database, test data, sample data, mock data, the data, data of, with data, data from, all data, production data, prod data, live data, real data',
    unless: 'schema, type*, field*, column*, data model, to the model, new model, relation*, token, job*, own, owner*, public*, allow, let, restrict, only, who, may, should, able, pool, rid, bucket*, guest*, layer, tables, everything, conflict*, subscri*, users, files, graphql api, data api, aws, client*',
    reason: 'No tool reads, writes or copies the data behind an API.',
    way: "get_backend tells the endpoint, get_backend_api the schema. Query in the AppSync console or with a GraphQL client; move rows with DynamoDB's export and import.",
  },
  {
    asks: 'upload, download, list, show, see, delete, remove, move, open, browse, empty, put, what, which, how many, copy, get, fetch, find',
    about: 'old files, that were uploaded, uploaded files, uploaded pictures, this file, these files, from the bucket, out of the bucket, to the bucket, from storage, to storage, from s3, into s3, to s3, in s3, in storage, files in, file in, files from, file from, file to, files to, objects in, photos in, images in, pictures in, files of, into the bucket, content of the bucket, contents of the bucket, inside the bucket, objects are, files are, are in the bucket, is in the bucket, in the bucket, the bucket empty, empty the bucket',
    unless: 'let, allow, users, user, guest*, people, anybody, anyone, nobody, who, may, can, anonymous, everyone, visitor*, able, permission*, restrict, should, must, public, private, export, config*, setup, setting*, json, git, repo*, model*, generated',
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
    reason: 'Rights in AWS are no part of a backend.',
    way: 'create_token lets somebody into the Admin UI for a moment. Give people access in IAM or IAM Identity Center.',
  },
  {
    asks: 'undo, revert, roll back, rolling back, go back to, rewind, roll it back, roll that back, change back, changes back, take back what, take it back, take that back, how it was, as it was, it was before, previous version, earlier version',
    unless: 'mistake, why, status, stuck, failed, snapshot, export*, json, cause*, login, graphql, studio, compare, differ*',
    reason: 'AWS keeps no history of a backend, so no tool undoes a change or a deletion.',
    way: 'provision_environment rebuilds a configuration from an earlier export_environment. Otherwise make the opposite change with the former values.',
  },
  {
    asks: 'add, create, write, edit, update, change, delete, remove, set up, need, want, make, invoke, call, run, new, put, send',
    about: 'lambda*, function*, rest api, push notification*, pinpoint, chatbot*, lex, geofenc*, websocket*, opensearch, elasticsearch, step function*, sqs, sns, kinesis, full text search',
    unless: 'type*, model*, field*, clone, copy, compare, export, which, summary, graphql',
    reason: 'The AmplifyBackend API manages auth, a GraphQL API, storage and the Admin UI, and nothing else.',
    way: "describe_environment shows what else is deployed. Use the Amplify CLI in the project's checkout: `amplify add` or `amplify update`, then `amplify push`.",
  },
  {
    asks: 'every night, every hour, every morning, every day, every week, every monday, every friday, cron, schedule a, schedule the, schedule it, tomorrow at, at midnight, tonight, later today',
    unless: 'type, model, field, table',
    reason: 'Tools act when they are called; none acts on a schedule.',
    way: 'Let a scheduler (cron, CI, EventBridge) run `amplify-backend-mcp call TOOL` at that time.',
  },
  {
    asks: 'move, migrate, transfer, relocate, copy, clone, replicate, shift, want, need, deploy, bring, create, run',
    about: 'another region, another account, another aws account, different region, different account, other region, other account, to account, to region, second account, second region, cross region, cross account, new account, new region, aws account, to eu, to us, to ap, in eu, in us, to frankfurt, in frankfurt, to ireland, in ireland, to virginia, in virginia, to europe, in europe, to london, in london, to tokyo, in tokyo',
    unless: 'user pool, users, pool, bucket*',
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

const phrasesOf = (list: string) => list.split(', ').map(phrase => ` ${phrase} `.replace('* ', ''));

/** The names of tools in a text. */
export const toolsIn = (text: string): readonly string[] => text.match(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g) ?? [];

/** What no tool does of what a sentence asks for; nothing if a tool may do it. @param served names of tools */
export function findNoTool(sentence: string, served: ReadonlySet<string>): NoTool | undefined {
  const text = ` ${wordsIn(sentence.toLowerCase().replaceAll('@', ' emailaddress ')).join(' ')} `;
  const has = (list: string) => phrasesOf(list).some(phrase => text.includes(phrase));
  const found = noTools.find(({ asks, about = asks, unless }) => has(asks) && has(about) && !has(unless));
  const sentences = found?.way.split('. ').filter(part => toolsIn(part).every(name => served.has(name)));
  return found && { reason: found.reason, way: sentences?.join('. ') ?? '' };
}
