// A host that logs with spdlog: what vitals says goes there, and lines carry the id of the trace.

#include "spdlog/spdlog.h"

#include <memory>
#include <utility>

#include "spdlog/pattern_formatter.h"
#include "vitals/base/log.h"
#include "vitals/bridge/spdlog_id_flag.h"
#include "vitals/bridge/spdlog_sink.h"
#include "vitals/trace/context_scope.h"
#include "vitals/trace/propagation.h"

int main() {
  // [sink]
  vitals::SetLogSink(vitals::bridge::MakeSpdlogSink(spdlog::default_logger()));
  // [/sink]

  // [flags]
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<vitals::bridge::IdFlag>('Q', vitals::bridge::TraceIdSource());
  formatter->add_flag<vitals::bridge::IdFlag>('q', vitals::bridge::SpanIdSource());
  formatter->set_pattern("%l [%Q %q] %v");
  spdlog::default_logger()->set_formatter(std::move(formatter));
  // [/flags]

  vitals::Log(vitals::LogSeverity::kWarning, "outside of any trace");
  const auto caller =
      vitals::ParseTraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  const vitals::ContextScope scope(caller.value());
  spdlog::info("within a trace");
}
