/**
 * OpenTelemetry traces, if the environment names a collector by OpenTelemetry's own variables
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` ...): a span for the request, which
 * continues the caller's `traceparent`, one for each call and step, one for each request to AWS. No span holds
 * an argument or an answer.
 */
import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { AwsAttempt } from '../aws/client.ts';
import type { TraceParent } from '../call/record.ts';
import { toServerError } from '../errors.ts';
import type { Env } from '../lib/env.ts';
import { createProxyAgent } from '../network/index.ts';

/** Runs work inside spans. */
export interface Tracing {
  /** @param request its headers may carry a `traceparent` */
  request(
    request: { readonly method: string; readonly headers: Readonly<Record<string, unknown>> },
    status: () => number,
    run: () => Promise<void>,
  ): Promise<void>;
  call<Answer>(tool: string, run: () => Promise<Answer>, parent?: TraceParent): Promise<Answer>;
  aws<Answer>(attempt: AwsAttempt, run: () => Promise<Answer>): Promise<Answer>;
  /** Sends the remaining spans. */
  close(): Promise<void>;
}

const NAME = 'amplify-backend-mcp';

/** Whether the environment asks for traces. */
const isWanted = (env: Env) =>
  env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' &&
  env.OTEL_TRACES_EXPORTER !== 'none' &&
  Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);

/** The kind of a failure; its message stays out of traces. */
const typeOf = (thrown: unknown) =>
  thrown instanceof Error && /Exception$/.test(thrown.name) ? thrown.name : toServerError(thrown).code;

/** Starts tracing; undefined where the environment names no collector, and then nothing is loaded. */
export async function openTracing(env: Env, version: string): Promise<Tracing | undefined> {
  if (!isWanted(env)) return undefined;
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const agent = await createProxyAgent(env);
  const exporter = new OTLPTraceExporter(agent && { httpAgentOptions: () => agent });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': env.OTEL_SERVICE_NAME || NAME,
      'service.version': version,
    }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  const tracer = trace.getTracer(NAME, version);

  /** Runs inside a span, which names a failure by its code only. */
  function inside<Answer>(
    [name, kind, attributes]: [string, SpanKind, Record<string, string>],
    parent: Context,
    run: (span: Span) => Promise<Answer>,
  ): Promise<Answer> {
    return tracer.startActiveSpan(name, { kind, attributes }, parent, async span => {
      try {
        return await run(span);
      } catch (thrown) {
        span.setAttribute('error.type', typeOf(thrown)).setStatus({ code: SpanStatusCode.ERROR });
        throw thrown;
      } finally {
        span.end();
      }
    });
  }

  return {
    request: ({ method, headers }, status, run) =>
      inside(
        [`${method} /mcp`, SpanKind.SERVER, { 'http.request.method': method, 'http.route': '/mcp' }],
        propagation.extract(context.active(), headers),
        async span => {
          await run();
          span.setAttribute('http.response.status_code', status());
        },
      ),
    call: (tool, run, parent) =>
      inside(
        [
          `tools/call ${tool}`,
          SpanKind.INTERNAL,
          { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': tool },
        ],
        parent ? propagation.extract(context.active(), parent) : context.active(),
        run,
      ),
    aws({ service, operation }, run) {
      // A poll belongs to no call.
      if (!trace.getActiveSpan()?.isRecording()) return run();
      const attributes = { 'rpc.system': 'aws-api', 'rpc.service': service, 'rpc.method': operation };
      return inside([`${service}.${operation}`, SpanKind.CLIENT, attributes], context.active(), run);
    },
    close: () => provider.shutdown(),
  };
}
