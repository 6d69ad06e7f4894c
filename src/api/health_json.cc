#include "api/health_json.h"

#include <chrono>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "export/json_members.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

using exporter::WriteNumber;
using exporter::WriteText;

void WriteReason(std::string_view key, std::string_view reason, base::JsonWriter& json) {
  if (!reason.empty()) WriteText(key, reason, json);
}

void WriteFlag(std::string_view key, bool is_so, base::JsonWriter& json) {
  json.Key(key);
  json.Bool(is_so);
}

void WriteMoment(std::string_view key, std::chrono::system_clock::time_point time,
                 base::JsonWriter& json) {
  WriteText(key,
            absl::FormatTime("%Y-%m-%dT%H:%M:%E9SZ", absl::FromChrono(time), absl::UTCTimeZone()),
            json);
}

void WriteSeconds(std::string_view key, std::chrono::nanoseconds duration, base::JsonWriter& json) {
  json.Key(key);
  json.Double(std::chrono::duration<double>(duration).count());
}

void WriteResult(const HealthCheckResult& result, base::JsonWriter& json) {
  json.BeginObject();
  WriteText("status", HealthStatusName(result.status), json);
  WriteText("outcome", HealthOutcomeName(result.outcome), json);
  WriteReason("reason", result.reason, json);
  WriteMoment("time", result.time, json);
  WriteSeconds("duration_seconds", result.duration, json);
  json.EndObject();
}

void WriteStatus(HealthStatus status, std::string_view reason, base::JsonWriter& json) {
  WriteText("status", HealthStatusName(status), json);
  WriteReason("reason", reason, json);
}

void WriteComponentMembers(const ComponentReport& component, base::JsonWriter& json) {
  WriteStatus(component.status, component.reason, json);
  WriteFlag("critical", component.critical, json);
  WriteFlag("flapping", component.flapping, json);
  WriteMoment("since", component.since, json);
  WriteSeconds("age_seconds", component.age, json);
  WriteNumber("consecutive_failures", component.consecutive_failures, json);
  if (!component.last_result) return;
  json.Key("last_result");
  WriteResult(*component.last_result, json);
}

// The draft has no word for what is not known, and lets "fail" alone go with a 503.
std::string_view DraftStatus(HealthStatus status) {
  switch (status) {
    case HealthStatus::kHealthy:
      return "pass";
    case HealthStatus::kDegraded:
      return "warn";
    case HealthStatus::kUnknown:
    case HealthStatus::kUnhealthy:
      return "fail";
  }
  return "fail";
}

void WriteDraftStatus(HealthStatus status, std::string_view reason, base::JsonWriter& json) {
  WriteText("status", DraftStatus(status), json);
  if (status == HealthStatus::kHealthy) return;
  if (status != HealthStatus::kUnknown) return WriteReason("output", reason, json);
  const std::string_view separator = reason.empty() ? "" : ": ";
  WriteText("output", fmt::format("not yet known{}{}", separator, reason), json);
}

void WriteDraftCheck(const ComponentReport& component, base::JsonWriter& json) {
  json.BeginObject();
  WriteText("componentId", component.component, json);
  WriteText("componentType", "component", json);
  WriteDraftStatus(component.status, component.reason, json);
  if (component.last_result) {
    WriteMoment("time", component.last_result->time, json);
    // A report takes no time that could be observed.
    if (component.last_result->duration.count() > 0) {
      WriteSeconds("observedValue", component.last_result->duration, json);
      WriteText("observedUnit", "s", json);
    }
  }
  json.EndObject();
}

}  // namespace

void WriteBriefHealth(const HealthReport& report, base::JsonWriter& json) {
  json.BeginObject();
  WriteStatus(report.status, report.reason, json);
  json.EndObject();
}

void WriteVerboseHealth(const HealthReport& report, base::JsonWriter& json) {
  json.BeginObject();
  WriteStatus(report.status, report.reason, json);
  json.Key("components");
  json.BeginObject();
  for (const ComponentReport& component : report.components) {
    json.Key(component.component);
    WriteComponentHealth(component, json);
  }
  json.EndObject();
  json.EndObject();
}

void WriteComponentHealth(const ComponentReport& component, base::JsonWriter& json) {
  json.BeginObject();
  WriteComponentMembers(component, json);
  json.EndObject();
}

void WriteComponentHealth(const ComponentReport& component,
                          const std::vector<HealthCheckResult>& results, base::JsonWriter& json) {
  json.BeginObject();
  WriteComponentMembers(component, json);
  json.Key("results");
  json.BeginArray();
  for (const HealthCheckResult& result : results) WriteResult(result, json);
  json.EndArray();
  json.EndObject();
}

void WriteHealthJson(const HealthReport& report, base::JsonWriter& json) {
  json.BeginObject();
  WriteDraftStatus(report.status, report.reason, json);
  json.Key("checks");
  json.BeginObject();
  for (const ComponentReport& component : report.components) {
    json.Key(component.component);
    json.BeginArray();
    WriteDraftCheck(component, json);
    json.EndArray();
  }
  json.EndObject();
  json.EndObject();
}

void WriteTransition(const HealthTransition& transition, base::JsonWriter& json) {
  json.BeginObject();
  WriteNumber("sequence", transition.sequence, json);
  WriteText("component", transition.component, json);
  WriteText("from", HealthStatusName(transition.from), json);
  WriteText("to", HealthStatusName(transition.to), json);
  WriteReason("reason", transition.reason, json);
  WriteFlag("critical", transition.critical, json);
  WriteFlag("flapping", transition.flapping, json);
  WriteNumber("consecutive_failures", transition.consecutive_failures, json);
  WriteMoment("time", transition.time, json);
  json.EndObject();
}

}  // namespace api
VITALS_NAMESPACE_END
