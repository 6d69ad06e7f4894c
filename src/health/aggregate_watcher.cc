#include "health/aggregate_watcher.h"

#include <cstddef>
#include <string_view>
#include <utility>

VITALS_NAMESPACE_BEGIN
namespace health {
namespace {

using Aggregates = std::map<std::string, HealthReport, std::less<>>;

// Calls `visit` with the names above `name`, from the top.
template <typename Visit>
void ForEachAbove(std::string_view name, const Visit& visit) {
  visit(std::string_view());
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos;
       slash = name.find('/', slash + 1)) {
    visit(name.substr(0, slash));
  }
}

Aggregates TakeTogether(const std::vector<std::shared_ptr<Component>>& components,
                        Component::Time now) {
  Aggregates aggregates;
  aggregates[""];
  for (const std::shared_ptr<Component>& component : components) {
    ForEachAbove(component->name(),
                 [&](std::string_view above) { aggregates.try_emplace(std::string(above)); });
  }
  for (const std::shared_ptr<Component>& component : components) {
    const ComponentReport report = component->ReportAt(now);
    const auto count = [&](std::string_view name) {
      const auto found = aggregates.find(name);
      if (found != aggregates.end()) found->second.Count(report);
    };
    ForEachAbove(report.component, count);
    count(report.component);
  }
  return aggregates;
}

}  // namespace

void AggregateWatcher::Update(const std::vector<std::shared_ptr<Component>>& components,
                              Environment& environment) {
  std::map<std::string, HealthStatus, std::less<>> current;
  for (const auto& [name, report] : TakeTogether(components, environment.clock->MonotonicNow())) {
    current.emplace(name, report.status);
    const auto before = known_.find(name);
    if (before == known_.end() || before->second == report.status) continue;
    HealthTransition transition{.component = name,
                                .aggregate = true,
                                .from = before->second,
                                .to = report.status,
                                .reason = report.reason,
                                .time = environment.clock->Now()};
    environment.publisher.Publish(transition);
  }
  known_ = std::move(current);
}

}  // namespace health
VITALS_NAMESPACE_END
