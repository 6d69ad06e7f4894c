#include "vitals/api/health_routes.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "api/content_negotiation.h"
#include "api/health_json.h"
#include "api/health_query.h"
#include "api/json_response.h"
#include "fmt/format.h"
#include "health/component_name.h"
#include "net/url.h"

VITALS_NAMESPACE_BEGIN
namespace api {
namespace {

using net::HttpRequest;
using net::HttpResponse;

constexpr std::string_view kComponentPrefix = "/health/";

enum class HealthForm { kBrief, kVerbose, kHealthJson };

HealthForm FormOf(const HttpRequest& request, const HealthQuery& query) {
  if (PrefersHealthJson(request.Header("Accept"))) return HealthForm::kHealthJson;
  return query.verbose ? HealthForm::kVerbose : HealthForm::kBrief;
}

// Whether the answer shows every component.
bool IsLong(const HttpRequest& request) {
  const auto query = ParseHealthQuery(request.query, GroupField::kTaken);
  return query.ok() && FormOf(request, *query) != HealthForm::kBrief;
}

HttpResponse Healthy() { return JsonResponse(R"({"status":"healthy"})"); }

// The page that `write(json)` writes, of what has this status.
template <typename Write>
HttpResponse HealthPage(HealthStatus status, const Write& write) {
  std::string page;
  base::JsonWriter json(page);
  write(json);
  HttpResponse response = JsonResponse(std::move(page));
  const bool serves = status == HealthStatus::kHealthy || status == HealthStatus::kDegraded;
  response.status = serves ? 200 : 503;
  return response;
}

HttpResponse ReportPage(const HealthReport& report, HealthForm form) {
  HttpResponse response = HealthPage(report.status, [&](base::JsonWriter& json) {
    switch (form) {
      case HealthForm::kBrief:
        return WriteBriefHealth(report, json);
      case HealthForm::kVerbose:
        return WriteVerboseHealth(report, json);
      case HealthForm::kHealthJson:
        return WriteHealthJson(report, json);
    }
  });
  if (form == HealthForm::kHealthJson) response.content_type = "application/health+json";
  return response;
}

HealthReport Without(const std::vector<std::string>& excluded, HealthReport report) {
  const auto removed = std::erase_if(report.components, [&](const ComponentReport& component) {
    return std::any_of(excluded.begin(), excluded.end(), [&](const std::string& name) {
      return health::IsUnder(component.component, name);
    });
  });
  if (removed != 0) report = Aggregate(std::move(report.components));
  return report;
}

HealthReport ReportOf(const HealthMonitor* monitor, const std::string& group) {
  if (monitor == nullptr) return {};
  return group.empty() ? monitor->Report() : monitor->GroupReport(group);
}

// Of a group that a probe may ask for before the first component is in it.
bool MayBeEmpty(std::string_view group) {
  return group.empty() || group == kReadyGroup || group == kLiveGroup;
}

HttpResponse ShowGroup(const HealthMonitor* monitor, const HttpRequest& request,
                       const absl::StatusOr<HealthQuery>& query) {
  if (!query.ok()) return JsonError(query.status());
  const HealthForm form = FormOf(request, *query);
  if (form == HealthForm::kBrief && query->excluded.empty() && MayBeEmpty(query->group)) {
    return ReportPage(monitor == nullptr ? HealthReport() : monitor->Summary(query->group), form);
  }
  HealthReport report = ReportOf(monitor, query->group);
  if (report.components.empty() && !MayBeEmpty(query->group)) {
    return JsonError(absl::NotFoundError(
        fmt::format("no component is in the group '{}': name it in the options of a check or "
                    "reporter, or ask for another",
                    query->group)));
  }
  return ReportPage(Without(query->excluded, std::move(report)), form);
}

HttpResponse ShowAll(const HealthMonitor* monitor, const HttpRequest& request) {
  return ShowGroup(monitor, request, ParseHealthQuery(request.query, GroupField::kTaken));
}

HttpResponse ShowReady(const HealthMonitor* monitor, const HttpRequest& request) {
  auto query = ParseHealthQuery(request.query, GroupField::kRefused);
  if (query.ok()) query->group = kReadyGroup;
  return ShowGroup(monitor, request, query);
}

HttpResponse ShowHistory(const HealthMonitor* monitor, const HttpRequest& request) {
  const auto query = ParseHealthHistoryQuery(request.query);
  if (!query.ok()) return JsonError(query.status());
  std::vector<HealthTransition> transitions;
  if (monitor != nullptr) {
    auto found = monitor->History(*query);
    if (!found.ok()) return JsonError(found.status());
    transitions = *std::move(found);
  }
  return JsonData([&](base::JsonWriter& json) {
    json.BeginArray();
    for (const HealthTransition& transition : transitions) WriteTransition(transition, json);
    json.EndArray();
  });
}

HttpResponse NoComponent(std::string_view name) {
  return JsonError(
      absl::NotFoundError(fmt::format("there is no component '{}', and none below it", name)));
}

HttpResponse ShowOne(const HealthMonitor& monitor, const ComponentReport& component,
                     HealthForm form) {
  if (form == HealthForm::kBrief) {
    return HealthPage(component.status,
                      [&](base::JsonWriter& json) { WriteComponentHealth(component, json); });
  }
  const auto results = monitor.Results(component.component);
  if (!results.ok()) return NoComponent(component.component);
  return HealthPage(component.status, [&](base::JsonWriter& json) {
    WriteComponentHealth(component, *results, json);
  });
}

HttpResponse ShowComponent(const HealthMonitor* monitor, const HttpRequest& request) {
  const auto query = ParseHealthQuery(request.query, GroupField::kRefused);
  if (!query.ok()) return JsonError(query.status());
  const auto name =
      net::DecodePercent(request.path.substr(kComponentPrefix.size()), net::PlusSign::kLiteral);
  if (!name) {
    return JsonError(absl::InvalidArgumentError(
        "the name cannot be decoded: write a byte as % and two hexadecimal digits"));
  }
  if (monitor == nullptr) return NoComponent(*name);
  auto report = monitor->Report(*name);
  if (!report.ok()) return NoComponent(*name);
  const HealthForm form = FormOf(request, *query);
  HealthReport shown = Without(query->excluded, *std::move(report));
  const bool alone = shown.components.size() == 1 && shown.components.front().component == *name;
  if (!alone) return ReportPage(shown, form);
  if (form != HealthForm::kHealthJson) return ShowOne(*monitor, shown.components.front(), form);
  // Whoever asks for it alone is told how it is, however little that means to what it is part of.
  shown.components.front().critical = true;
  return ReportPage(Aggregate(std::move(shown.components)), form);
}

// What was true a moment ago is of no use to whoever asks now.
template <typename Answer>
net::HttpHandler Uncached(Answer answer) {
  return [answer = std::move(answer)](const HttpRequest& request) {
    HttpResponse response = answer(request);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  };
}

}  // namespace

absl::Status AddHealthRoutes(std::shared_ptr<const HealthMonitor> monitor,
                             net::HttpRouter& router) {
  const auto handler = [&monitor](HttpResponse (*show)(const HealthMonitor*, const HttpRequest&)) {
    return Uncached([monitor, show](const auto& r) { return show(monitor.get(), r); });
  };
  absl::Status status = router.Add({.path = "/livez",
                                    .handler = Uncached([](const auto&) { return Healthy(); }),
                                    .title = "Whether the process serves"});
  status.Update(router.Add(
      {.path = "/health", .handler = handler(ShowAll), .title = "Health", .needs_worker = IsLong}));
  status.Update(router.Add({.path = "/readyz",
                            .handler = handler(ShowReady),
                            .title = "Whether the process can take work",
                            .needs_worker = IsLong}));
  status.Update(router.Add({.path = std::string(kComponentPrefix) + "*",
                            .handler = handler(ShowComponent),
                            .title = {},
                            .needs_worker = IsLong}));
  status.Update(router.Add({.path = "/api/v1/health/history",
                            .execution = net::HttpExecution::kWorker,
                            .handler = handler(ShowHistory),
                            .title = "Changes of health, newest first"}));
  return status;
}

}  // namespace api
VITALS_NAMESPACE_END
