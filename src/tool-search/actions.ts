/**
 * What people want done, and the words they say it with. A phrase of several words wins over the words inside it;
 * a word may stand with two actions, and then means both. Words are found in their other forms, too.
 */

/** One action or one thing in people's words. */
export interface Line {
  /** How much it says beside others of its kind; 1 is the rule. */
  readonly weight: number;
  /** Words and phrases, with commas between; other products' words among them. */
  readonly words: string;
}

/** By the names that the grid uses. */
export const actions = {
  ask: {
    weight: 0.35,
    words: `
      what, which, who, whose, how, is, are, does, did, has, have we, do we, can i, was, where, were, am`,
  },
  show: {
    weight: 0.45,
    words: `
      show, see, view, display, print, read, tell, tell me, describe, look at, look up, look, get, fetch,
      inspect, give me, pull, find, retrieve, know, remind, check, lookup, read out, curious, wonder, send
      me, hand me, paste, browse, glance, return, output of, reveal, audit, search, search for, list me,
      figure out which, wanna see, want to see, need to see, let me see, like to see, like to know, need
      to know, want to know, quick look, point me to, dig up, quote`,
  },
  list: {
    weight: 0.4,
    words: `
      list, every, how many, enumerate, ls, names of, each, list out, name all, count`,
  },
  want: {
    weight: 0.4,
    words: `
      need, want, give, have, should have, would like, wish, asks for, requires`,
  },
  add: {
    weight: 0.8,
    words: `
      add, create, new, set up, introduce, init, build, start with, stand up, bootstrap, get started,
      scaffold, establish, fresh, spin up, configure, put in, open, register, initialise, initialize,
      provision, mint, issue, invite, reserve, claim, equip, another, stand, additional, bring up,
      prepare, start a, install, make a, make an, make me, make us, make new, make one, make some, put on,
      put up, plus a, put into, put an, put a`,
  },
  absent: {
    weight: 0.95,
    words: `
      have no, has no, nothing yet, nothing there, nothing so far, is nothing, none yet, there is no,
      there is none, theres no, theres none, nothing like that, not yet have, have any yet, from zero, has
      none, have none, nothing like it, without one, lacks, empty, blank, does not have, doesnt have, dont
      have, nothing in it, no resources, nowhere, never used, never had, has never, bare environment,
      hasnt got, havent got, isnt any, nothing inside, isnt configured, not configured, unconfigured, not
      set up, isnt set up, not there, no database, no storage, no login, no auth, no api, no bucket, no
      sign in, no backend, no api exists, exists so far, so far, never had any, still lacks, still
      without, is missing, nothing of the kind, there are no, there arent any, arent any, dont yet have,
      yet to get, doesnt exist, nothing, nothing like this, one more, no graphql, no accounts, no user
      pool, no file storage, not a single, nobody can, no one can`,
  },
  change: {
    weight: 0.75,
    words: `
      change, update, modify, edit, alter, set, adjust, tighten, rename, switch, migrate, loosen,
      customize, customise, rotate, renew, extend, replace, tweak, apply, fix, move, relax, raise, lower,
      swap, instead, configure, reset, reconfigure, amend, revise, turn into, bump, shorten, lengthen,
      already has, has already, harden, rework, adapt, reword, redirect, convert, correct, too loose, too
      strict, too short, too weak, nothing else, wrong, increase, decrease, reduce, make sure only, from
      now on, translate, as well, in addition, must be at least, make changes to, go for, turn up, turn
      down, reformulate, rephrase, upgrade, downgrade, strengthen, weaken, stricter, remodel, deploy this
      schema, deploy my, deploy the schema, add to, also accept, also allow, hand over, reassign, repoint,
      redefine, tune`,
  },
  grant: {
    weight: 0.6,
    words: `
      allow, let, permit, forbid, restrict, prevent, block, stop, require, enforce, mandatory, lock down,
      deny, expose, open up, make it, obligatory, disallow, limit, grant, ban, nobody but, no one but,
      except for, world readable, publicly readable, public, private, readable, visible, readonly access,
      delete rights, delete permission, visible to everyone, open to everyone, take away the right, revoke
      write, revoke read, revoke access, lock out, let in, keep out, hide, protect from, accessible,
      members only, unlock, lock, compulsory, entitled`,
  },
  shall: {
    weight: 0.5,
    words: `
      only, able, should, must, cannot, shall, may only, supposed to, shouldnt, mustnt, not be able, have
      to, has to, needs to be, compulsory, may, may not, but not`,
  },
  on: {
    weight: 0.9,
    words: `
      turn on, switch on, enable, activate, launch, turned on, back on, start using, enabling, get
      running, get going, up and going`,
  },
  off: {
    weight: 0.9,
    words: `
      turn off, switch off, disable, deactivate, close, stop using, turned off, disabling`,
  },
  remove: {
    weight: 1,
    words: `
      delete, remove, drop, destroy, nuke, tear down, teardown, get rid of, kill, wipe, purge, trash,
      decommission, take down, clean up, cleanup, retire, sunset, throw away, throw out, take away, take
      out, take off, do away with, erase, scrap, dispose, shut down, bin, ditch, rm, eliminate,
      obliterate, deprovision, rid, spin down, blow away, unlink, axe, strip, undo, mistake, obsolete,
      pull the plug, gone, burn down, rip out, dump it, can go, disconnect, detach, dismantle, demolish,
      clear out, discard, abandon, vanish, bulldoze, zap, chuck, disappear, yank, uninstall, annihilate,
      torch, flatten, wind down, unused, superfluous, out of the way, terminate, get lost, discontinued,
      scrapped, take apart, served its purpose, go away, sack, close down, wound up, get out, put down,
      dissolve, expunge, deinstall, put an end to, evict, shred, should vanish, must go, has to go, needs
      to go, can be removed, finish off, throw overboard, reverse, off the table`,
  },
  nomore: {
    weight: 0.8,
    words: `
      anymore, any more, any longer, no longer, unneeded, not needed, dont need, doesnt need, do not need,
      isnt needed, is not needed, nobody uses, nobody needs, no one uses, no one needs, no use for, not
      used, done with, no more, dont want, doesnt want, do not want, isnt used, is not used, not using,
      havent used, stopped using, dont use, isnt required, without use, unwanted, have no need, no need
      for, out of use, is over, moving away from, moved to, switching to, we switched to, replaced by, is
      history, no need`,
  },
  revoke: {
    weight: 1.1,
    words: `
      revoke, invalidate, expire, cancel, leaked, withdraw, void, unusable, burn, take back, end the
      session, log out, render useless, stops working, in the wrong hands, compromised, must not work,
      should not work, shouldnt work, no longer work, not work any more, stop working, useless, end their,
      end his, end her`,
  },
  copy: {
    weight: 1,
    words: `
      clone, copy, duplicate, fork, replicate, mirror, replica, just like, same as, identical to,
      identical, twin, rehearse, rehearsal, throwaway, based on, like prod, branch off, another one like,
      like production, carbon copy, copy of, like staging, modelled on, copy over, exact, photocopy,
      lookalike, double, off of, exactly like, exactly as, dupe, just as, clone of, a copy, the copy of,
      same setup as, the same things as, same content as, second version of, template, sibling, based off,
      starting from, out of staging, out of prod, from prod, look like, looks like, parallel, shadow,
      double of, clone from, modeled on, derived from, precisely what, exactly what, same stuff as`,
  },
  import: {
    weight: 0.9,
    words: `
      import, existing, exists, reuse, bring, attach, hook up, hook, connect, link, already have, plug in,
      our own, already there, share, point, byo, already exist, adopt, wire up, wire, pre existing, been
      using, take over, use our, use the, of its own, its own, where all our, already in use, already
      hold, already holds, reference, old pool, old bucket, shared, from there, already live, already
      lives, already sit, bring along, use that one, use that, use it, keep using, make use of, use them,
      that already runs, already runs, already running, already used, carry over, plug, plug it into, wire
      it, hook it, current pool, present pool, existing one, pool from, bucket from, lying around, lives
      in, sits in, stored in, kept in, of the old, of our old, from another, from our other, we already,
      work with it, weve had, we had, lets use`,
  },
  compare: {
    weight: 1,
    words: `
      compare, comparison, diff, difference, different, differ, differs, versus, vs, in sync, out of sync,
      drift, drifted, match, same, contrast, discrepancy, mismatch, full copy, deviate, deviation, unlike,
      diverge, delta, gap, not in, lag behind, out of line, side by side, in line, consistent, parity,
      equal, behave differently, ahead of, behind, only in, how far is it from, how far apart, same
      things, not the same, equivalent, compared to, compared with, alike, absent in, not found in,
      present in, exists in, the same way, missing in, missing from, lacking in, still matches, far from,
      how far is, same as, the same as, between the two, between them, between two, lacks that, that one
      lacks, set up differently`,
  },
  wait: {
    weight: 1,
    words: `
      wait, until, till, tell me when, let me know, notify, watch, follow, ping, alert, keep an eye,
      monitor, hold on, poll, when it is done, as soon as, once, stay with, sit on, tell me once, report
      back, come back when, hang on, hold off, shout when, babysit, stand by, the moment, stay on it, keep
      watching, await, by the time, when its done, when it ends, sit tight, stand watch, hold until, pause
      until, wake me, tell us when, when ready, dont return until, come back once, inform me, drop me a
      line, on completion, when it completes, when finished`,
  },
  explain: {
    weight: 1,
    words: `
      why, reason, explain, went wrong, go wrong, root cause, cause, troubleshoot, debug, diagnose, figure
      out, investigate, what happened, wrong with, whats up with, how come, get to the bottom, culprit,
      post mortem, postmortem, what broke, what failed, what does it mean, what do i do, what to do, help
      me with, whats wrong, make sense of, get stuck, got stuck, find out why, whats the matter, what is
      the matter, what is wrong, the matter, what gives, analyse, analyze, look into, pinpoint, clue,
      diagnosis, make of, whats blocking it, what is blocking it, what is blocking`,
  },
  generate: {
    weight: 1,
    words: `
      generate, codegen, regenerate, rebuild, refresh, recompile, gen, regen, run codegen, run the
      generator, produce, re generate, bring up to date, model generation, run model generation, rerun
      codegen, run generation, redo, rerun, regeneration`,
  },
  export: {
    weight: 1,
    words: `
      export, save, back up, backup, snapshot, dump, download, archive, write out, state pull, inventory,
      one document, written record, one file, freeze, pg dump, json of, put on record, a document, keep a
      copy, in writing, to a file, as json, as a file, one json, into a file, offline copy, under version
      control, into git, before we touch, document which, in a file, in one file, into one file, write
      down, as documentation, record of how, copy of the config, config backup, settings backup, in json,
      as one json, keep for later, for the record, for the archive, safekeeping, preserve, capture,
      machine readable, record of, into our repo, in our repo, keep a record of, put on paper, checked in,
      on disk, description of what`,
  },
  restore: {
    weight: 1.1,
    words: `
      restore, recreate, bring back, from the snapshot, from a snapshot, from snapshot, from the export,
      from an export, from backup, from a backup, reimport, out of it, from the file, from that file, from
      json, from the json, rebuild from, exported, from this json, from this file, roll out, reconstruct,
      from that json, from the document, from the backup, re create, out of this, out of that, bring it up
      as, bring it up again, from the saved, load the, feed, apply the, apply this`,
  },
  mark: {
    weight: 1.1,
    words: `
      mark, overwrite, force, flip, by hand, manually, unstick, rewrite, correct the, set status, set its
      status, override, hand edit, as failed, as done, as completed, set it to, pretend, close that,
      change it to, dead job, overrule, fudge, patch, set the status, set its state, put it to, status by
      hand`,
  },
} as const satisfies Record<string, Line>;

/** The name of an action. */
export type Action = keyof typeof actions;
