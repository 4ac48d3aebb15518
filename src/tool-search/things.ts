/**
 * What things are called by the people who want something done to them; as the actions are, with the words of
 * other products.
 */
import type { Line } from './actions.ts';

/** By the names that the grid uses. A part of something (a field, a password rule) is another thing than the whole. */
export const things = {
  account: {
    weight: 1,
    words: `
      account, aws account, region, identity, credential, credentials, iam role, who am i, whoami, logged
      in as, connected to, connected as, caller, principal, profile, aws profile, arn, sts, signed in as,
      acting as, running as, which keys, working in, iam user, assume role, messing with, pointing at,
      talking to, wired to, hooked to, billing account, account number, acting under, our accounts, which
      account, these tools`,
  },
  rule: {
    weight: 0.9,
    words: `
      the rules, rules here, your rules, read only mode, protected, permitted, confirmation, limits,
      readonly, are you able, guardrail, guard rails, off limits, are you allowed, may you, can you even,
      can you touch, allowed to do, what are you allowed, your limits, can you write, you allowed to, your
      permissions, hands off, do you have, are you, would you, you be, you are, you using, you able, you
      can do, can you do, you may, what can you, under which, you work under, forbid you, forbids you,
      lets you, allows you, keep you from, stops you, could you even, blocked by config, by config`,
  },
  app: {
    weight: 0.25,
    words: `
      app, application, project, amplify app, product, website, site, shop, system, solution`,
  },
  apps: {
    weight: 0.9,
    words: `
      app id, appid, which app, apps, applications, projects, amplify apps, id of the, which applications,
      which projects, sites, all our apps, all our applications, apps do we, do we even have, id for the,
      app called, portfolio, whats its id, what is its id, its id again, app list, app names, how many
      apps, app named, apps have we`,
  },
  environment: {
    weight: 0.3,
    words: `
      environment, env, stage, staging, dev, prod, production, qa, test, uat, preprod, backend, branch,
      preview, demo, stack, instance, integration, release, tst, stg, prd, devel, development, live, main,
      master, hotfix, canary, loadtest, sandbox, playground, backends, beta, alpha, int`,
  },
  environments: {
    weight: 0.8,
    words: `
      envs, environments, stages, branches, which env, which stage, which environment, which branches, how
      many environments, environments are there, stages are there, list stages, list environments, list
      envs`,
  },
  allEnvironments: {
    weight: 1.2,
    words: `
      all stages, every environment, all environments, every stage, all envs, each environment, whole app,
      entire app, complete app, whole project, entire project, app itself, whole lot, every last, all
      backends, every backend, entire backend, entire application, all branches, every env, all its
      environments, all their environments, the whole thing, whole application, complete application, all
      its stages, every single, every branch, app altogether, entire thing, with all environments, all the
      environments, all the stages, all of its environments, the app too, of its environments, all stages
      of, anything in it, all envs in, all environments in, end of the app`,
  },
  wholeStack: {
    weight: 0.85,
    words: `
      everything, full stack, from scratch, in one go, complete backend, full backend, end to end, all at
      once, the works, all three, and all, with everything, the lot, in one command, in one step,
      including everything, with all, batteries included, whole backend, and everything, everything in it,
      and everything in it`,
  },
  status: {
    weight: 0.6,
    words: `
      status, health, healthy, overview, summary, state, shape, running fine, up and running, broken,
      deployed, condition, alive, at a glance, how is, hows, doing, situation, whats up, contains, the
      picture, rundown, whats in, inside, big picture, okay, in good order, green, consist of, consists,
      checkup, made of, actually deployed, whats deployed, go over, tour, walk me through, inspection,
      intact, what does it contain, in place, rough picture, all about, everything about, is okay, in
      order, fine, what is it, still work, does it work`,
  },
  auth: {
    weight: 1,
    words: `
      auth, authentication, login, log in, logging in, logs in, logins, signin, sign in, sign ins, signup,
      sign up, user, user account, user pool, userpool, cognito, pool, identity pool, registration,
      firebase auth, auth0, okta, clerk, sso, member, members, customer account, identity provider, user
      management, people log in, supabase auth, accounts, passwordless, keycloak, user directory, user
      base, user database, users, profiles, identity, log on, logon, sign on, userbase, no login, no auth,
      no sign in, no accounts, no user pool`,
  },
  authPart: {
    weight: 1.1,
    words: `
      mfa, 2fa, two factor, second factor, totp, authenticator, password, password rule, password policy,
      social login, social, google, facebook, login with amazon, apple, oauth, callback, redirect url,
      guest, anonymous, verification email, verification, invitation mail, attribute, sms, email text,
      forgot password, social provider, identity federation, federated, multi factor, otp,
      unauthenticated, forgotten password, hosted ui, client secret, symbol, recovery, welcome email, sign
      in method, redirect, social sign in, digit, uppercase, characters, verification code, verify their
      email, sign in with google, mail template, account recovery, sign in with, log in with, login with,
      login using, invitation message, password requirements, scopes, oauth scope, requirements,
      verification mail, confirmation mail, confirmation code, password strength, strong password,
      lockout, reset code, code by sms, code by email, sign up attribute, required attributes, magic
      email, biometric, passkey, google button, linkedin, github login, twitter, microsoft, registering,
      when they register, filled in`,
  },
  api: {
    weight: 1,
    words: `
      api, graphql, appsync, dynamodb, database, db, data layer, firestore, hasura, postgres, realtime
      database, mongo, sql, records, resolver, query, mutation, graphql api, backend for data, tables,
      data, dynamo, mysql, rest, data api, no api, no database, no api exists, no graphql, all the tables`,
  },
  apiPart: {
    weight: 1.05,
    words: `
      schema, type, field, column, table, model, data model, index, relation, relationship, property,
      entity, api key, authorization mode, authorized, conflict resolution, row, owner, graphql type,
      subscription, auth mode, foreign key, cognito auth, conflict detection, automerge, iam auth,
      authorization, auth type, sdl, conflict handling, conflict strategy, via the api, over the api, api
      access, primary key, nullable, data type, auth of appsync, api auth, auth of the api, authorization
      of the api, auth rule, entity type, key schema, attribute of, enum, input type, nested type, sort
      key, gsi, timestamp, modelled, modeled, our schema, models are defined`,
  },
  models: {
    weight: 1.1,
    words: `
      generated, datastore, codegen, introspection, model file, model class, stale, typescript type,
      swift, kotlin, java class, dart, generated code, client code, typing, datastore model, client model,
      out of date, model introspection, flutter, android, ios, model generation, generated model, classes,
      models, frontend types, generated files, generator, model code, outdated, client types, client side
      types, client code for`,
  },
  storage: {
    weight: 1,
    words: `
      storage, file, upload, photo, picture, image, document, video, attachments, attachment, avatar,
      media, pdf, asset, blob, bucket, s3, folder, firebase storage, gcs, cloud storage, object store,
      music, audio, pics, uploads, receipts, scans, invoices, recordings, screenshot, selfie, documents,
      file store, file share, drive, dropbox, gallery, place for, somewhere to put, somewhere to keep,
      space for, home for, where to put, store their, brochure, manuals, contracts, csv, zip, logos,
      artwork, thumbnails, wallpapers, videos, reports, pictures, songs, podcast, tickets, mp3, user
      content, ugc, disk, memos, somewhere for, clips, spreadsheets, letters, certificates, no storage, no
      bucket, no file storage`,
  },
  access: {
    weight: 0.6,
    words: `
      permission, access, read, write, public, private, guest, anonymous, everyone, visitor, signed in,
      download, upload, who may, who can, logged in, unauthenticated, authenticated, anybody, anyone, acl,
      security rule, stranger, access rule, access rules, read access, delete access, rights, read only,
      outsiders, each user, per user, signed in user, logged in user, world readable, publicly readable,
      readable, visible, delete rights, delete permission, right to delete, delete own, entitled`,
  },
  buckets: {
    weight: 1.1,
    words: `
      buckets, s3 buckets, bucket called, bucket named, bucket names, all buckets, every bucket, leftover
      bucket, orphaned, s3 ls, is there a bucket, bucket starting, which buckets, what buckets, list
      of buckets, search for a bucket, a bucket with, bucket whose, s3 inventory, any buckets, old buckets`,
  },
  admin: {
    weight: 1.4,
    words: `
      admin ui, amplify studio, studio, admin panel, admin console, cms, back office, backoffice, data
      manager, visual console, dashboard, admin, admin area, content manager, visual editor, admin
      interface, django admin, management ui, adminui, admin page, admin site, editors, administration,
      admin tool, management console, administrators, admins, data editor, edit data, content editor, in
      the browser, manage content, manage data, web ui`,
  },
  token: {
    weight: 1.5,
    words: `
      token, challenge, challenge token, challenge code, one time, temporary pass, temporary access,
      session, session id, pass, one time code, login code, magic link, temp code, short lived, otp code,
      invitation link, passcode, one time password, one time token, access code, code for, the code, one
      off code, temporary login, single use, entry code, that code, this code, one off, one off login,
      temporary, invitation, get into, let in, login link, temporary code, short code, temporary key,
      entry pass, sign in code, secret code, otp, invite, invite link, for an hour, for a day, a code`,
  },
  job: {
    weight: 1.1,
    words: `
      job, clone job, job with id, build job, job id, record of the job, the job, that job, this job`,
  },
  deployment: {
    weight: 0.7,
    words: `
      deployment, deploy, operation, push, process, pipeline, run, task, rollout, provisioning,
      background, op, amplify push, update of, push of, creation of, deletion of, the clone, the update,
      the deploy, the push, the import, the deletion, the change, my push, my deploy, last push, last
      update, deploying, rollback, stack update`,
  },
  jobs: {
    weight: 0.75,
    words: `
      jobs, deployments, deploys, history, running right now, pending, recent, lately, last, log,
      blocking, queue, in flight, operations, builds, activity, previous, unfinished, ongoing, ran, in
      progress, anything running, going on, busy, blocks us, last week, this week, job history, past jobs,
      in the pipeline, yesterday, deploying, someone deploying, lined up, waiting to run, what ran, who
      deployed, in the last, this morning, over the weekend, job list, list of jobs, who ran, still open,
      past week, past days, few days, going on right now, somebody else, someone else`,
  },
  progress: {
    weight: 0.7,
    words: `
      done, finished, finish, completed, ready, through, over, how far, progress, still running, yet,
      ended, percent, status of the job, landed, succeeded, complete yet, go through, came through, made
      it, succeed, work out, worked, worked out, successful, how far along, go well, went well`,
  },
  failure: {
    weight: 0.9,
    words: `
      fail, failed, failure, error, stuck, hang, hangs, hung, hanging, crash, broke, went wrong, failing,
      red, frozen, forever, dead, rolled back, rollback, blew up, for hours, since yesterday, not moving,
      errored, bombed, borked, timeout, timed out, didnt work, did not work, doesnt work, wont finish,
      choked, gave up, fell over, unsuccessful, sitting at, rollback complete, create failed, update
      rollback, delete failed, in trouble, aborted, not working, didnt go through, did not go through,
      kaput, unhealthy, exploded, goes wrong, trouble, issue, problem, never finishes, never finished,
      doesnt finish, takes forever, taking ages, for ages, ages, something is off, never ends, never
      ended, no end`,
  },
  output: {
    weight: 1.1,
    words: `
      resource name, user pool id, pool id, client id, identity pool id, endpoint, endpoint url, url of,
      feature flag, cli json, amplify meta, meta, metadata, raw, outputs, aws exports, name of the bucket,
      web client id, amplify meta json, resource names, graphql url, api url, graphql endpoint, endpoint
      of, resources called, resource keys, internal names, amplify exports, s3 bucket name, bucket name
      of, whats the bucket, name of the s3, amplifyconfiguration, amplify configuration, client ids, pool
      ids, called internally, internal name, resource id, identifiers, key under, config values,
      connection string, arn of, auth role, name of the auth, name of the api, name of the storage, auth
      resource, storage resource, api resource`,
  },
  document: {
    weight: 1,
    words: `
      the snapshot, snapshot file, exported file, that json, this json, the json, exported document, the
      export, the backup, json file, this file, that file, this snapshot, that snapshot, our snapshot,
      saved snapshot, exported json, declaration, spec, blueprint, manifest, yaml, definition file, saved
      config, json from, a json, json of their, their json`,
  },
  raw: {
    weight: 0.3,
    words: `
      raw, plain, bare, without waiting, without checking, only the call, api call, just the call, do not
      wait, dont wait, no verification, no check, no checks, low level, just send, fire, skip the check,
      one call, kick off, just start, fire and forget, clonebackend, deletebackend, no waiting, no proof,
      not wait, bare bones, no frills, only start, only send, just trigger, just kick, nothing around it,
      aws call, single call, dont verify, dont check, just the delete, nothing around, return at once,
      right away, thats all, and thats it, only call, dont check it, without any checks, ill follow, ill
      check, ill watch, no extras, only the request, by itself, skip, skip all, without any, no questions`,
  },
  verified: {
    weight: 0.4,
    words: `
      verify, make sure, prove, proof, completely, safely, nothing left, leftover, leftovers, nothing
      behind, for good, what would be lost, properly, cleanly, no traces, no trace, no remains, be lost,
      lose, would go, loses, complete, fully, whole`,
  },
} as const satisfies Record<string, Line>;

/** The name of a thing. */
export type Thing = keyof typeof things;
