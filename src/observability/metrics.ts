/** Metrics of a server on the network, in Prometheus format. No label holds a text from a caller. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CallRecord } from '../call/record.ts';

/** The outcome of a request to AWS. */
export type AwsOutcome = 'ok' | 'throttled' | 'failed';

/** Records measurements. */
export interface Metrics {
  /** One call of a tool, or of an operation as a step of one. */
  called(call: CallRecord): void;
  /** One request to AWS; a retry counts again. */
  sent(
    request: { readonly service: string; readonly operation: string },
    outcome: AwsOutcome,
    ms: number,
  ): void;
  /** One HTTP response. */
  answered(status: number): void;
  /** The metrics as text, and its content type. */
  read(): Promise<{ readonly type: string; readonly text: string }>;
}

/** Gauges, read at each scrape. */
export interface Gauges {
  open(): { readonly sessions: number; readonly streams: number; readonly calls: number };
  callers(): number;
  watchedJobs(): number;
  /** Requests to AWS that wait in the queue. */
  waiting(): number;
}

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: 'amplify_backend_mcp_calls_total',
    help: 'Calls of tools and of the operations behind them, by result',
    labelNames: ['tool', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'amplify_backend_mcp_call_seconds',
    help: 'How long calls of tools and of the operations behind them took',
    labelNames: ['tool'],
    buckets: SECONDS,
    registers,
  });
  const requests = new Counter({
    name: 'amplify_backend_mcp_aws_requests_total',
    help: 'Requests to AWS, repetitions included, by result',
    labelNames: ['service', 'operation', 'outcome'],
    registers,
  });
  const requestDurations = new Histogram({
    name: 'amplify_backend_mcp_aws_request_seconds',
    help: 'How long AWS took to answer',
    labelNames: ['service'],
    buckets: SECONDS,
    registers,
  });
  const answers = new Counter({
    name: 'amplify_backend_mcp_http_answers_total',
    help: 'Answers of the endpoint, by status',
    labelNames: ['status'],
    registers,
  });
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `amplify_backend_mcp_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('sessions', 'Sessions of the 2025 era', () => gauges.open().sessions);
  gauge('streams', 'Streams that are open', () => gauges.open().streams);
  gauge('calls_open', 'Calls under way', () => gauges.open().calls);
  gauge('callers', 'Applications that are kept: one for each caller and set of rights', () =>
    gauges.callers(),
  );
  gauge('watched_jobs', 'Jobs that are known to run', () => gauges.watchedJobs());
  gauge('aws_requests_waiting', 'Requests to AWS that wait for their turn', () => gauges.waiting());

  return {
    called({ tool, outcome, durationMs }) {
      calls.inc({ tool, outcome });
      durations.observe({ tool }, durationMs / 1000);
    },
    sent({ service, operation }, outcome, ms) {
      requests.inc({ service, operation, outcome });
      requestDurations.observe({ service }, ms / 1000);
    },
    answered: status => answers.inc({ status: String(status) }),
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}
