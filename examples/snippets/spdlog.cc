// A host that logs with spdlog: what vitals says goes there, and lines carry the id of the trace.

#include "spdlog/spdlog.h"

#include <memory>
#include <string>
#include <utility>

#include "spdlog/pattern_formatter.h"
#include "vitals/base/log.h"
#include "vitals/bridge/spdlog_id_flag.h"
#include "vitals/bridge/spdlog_sink.h"

namespace {

// Stands for what the host traces with.
thread_local std::string current_trace_id;

}  // namespace

int main() {
  // [sink]
  vitals::SetLogSink(vitals::bridge::MakeSpdlogSink(spdlog::default_logger()));
  // [/sink]

  // [flags]
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<vitals::bridge::IdFlag>('Q',
                                              [](std::string& text) { text += current_trace_id; });
  formatter->set_pattern("%l [%Q] %v");
  spdlog::default_logger()->set_formatter(std::move(formatter));
  // [/flags]

  vitals::Log(vitals::LogSeverity::kWarning, "outside of any trace");
  current_trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  spdlog::info("within a trace");
}
