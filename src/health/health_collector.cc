#include "vitals/health/health_collector.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "vitals/model/health_report.h"
#include "vitals/model/labels.h"

VITALS_NAMESPACE_BEGIN
namespace {

constexpr char kComponent[] = "component";
constexpr char kStateFamily[] = "component_health_state";

// Nothing while it is not yet known.
std::optional<double> StatusValue(HealthStatus status) {
  switch (status) {
    case HealthStatus::kHealthy:
      return 1;
    case HealthStatus::kDegraded:
      return 0.5;
    case HealthStatus::kUnhealthy:
      return 0;
    case HealthStatus::kUnknown:
      break;
  }
  return std::nullopt;
}

double Seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// The families that have a line or more for each component.
class ComponentFamilies {
 public:
  void Add(const ComponentReport& report) {
    const Labels labels{{kComponent, report.component}};
    if (const auto value = StatusValue(report.status)) status_.samples.emplace_back(labels, *value);
    AddState(report);
    if (report.counts.runs > 0) {
      CollectedSummary& durations = durations_.summaries.emplace_back();
      durations.labels = labels;
      durations.sum = Seconds(report.counts.run_time);
      durations.count = report.counts.runs;
    }
    AddFailures(report);
    transitions_.samples.emplace_back(labels, static_cast<double>(report.counts.transitions));
    flaps_.samples.emplace_back(labels, static_cast<double>(report.counts.flaps));
  }

  void MoveTo(std::vector<CollectedFamily>& families) {
    for (CollectedFamily* family :
         {&status_, &state_, &durations_, &failures_, &transitions_, &flaps_}) {
      families.push_back(std::move(*family));
    }
  }

 private:
  void AddState(const ComponentReport& report) {
    for (std::size_t i = 0; i < kHealthStatusCount; ++i) {
      const auto status = static_cast<HealthStatus>(i);
      state_.samples.emplace_back(Labels{{kComponent, report.component},
                                         {kStateFamily, std::string(HealthStatusName(status))}},
                                  status == report.status ? 1 : 0);
    }
  }

  void AddFailures(const ComponentReport& report) {
    for (std::size_t i = 0; i < kHealthOutcomeCount; ++i) {
      const auto outcome = static_cast<HealthOutcome>(i);
      if (outcome == HealthOutcome::kPassed) continue;
      failures_.samples.emplace_back(
          Labels{{kComponent, report.component}, {"kind", std::string(HealthOutcomeName(outcome))}},
          static_cast<double>(report.counts.by_outcome[i]));
    }
  }

  CollectedFamily status_{.name = "component_health_status",
                          .help = "How a component is: 1 healthy, 0.5 degraded, 0 unhealthy.",
                          .type = MetricType::kGauge};
  CollectedFamily state_{.name = kStateFamily,
                         .help = "Which of the statuses a component has.",
                         .type = MetricType::kStateSet};
  CollectedFamily durations_{.name = "component_health_check_duration_seconds",
                             .help = "Time that runs of a component's check took.",
                             .type = MetricType::kSummary,
                             .unit = "seconds"};
  CollectedFamily failures_{.name = "component_health_failures_total",
                            .help = "Results of a component that say it is unhealthy, and why.",
                            .type = MetricType::kCounter};
  CollectedFamily transitions_{.name = "component_health_transitions_total",
                               .help = "Changes of a component's status.",
                               .type = MetricType::kCounter};
  CollectedFamily flaps_{.name = "component_health_flaps_total",
                         .help = "How often a component's status began to flap.",
                         .type = MetricType::kCounter};
};

CollectedFamily Figure(const char* name, const char* help, MetricType type, double value) {
  return {.name = std::string("vitals_health_") + name,
          .help = help,
          .type = type,
          .samples = {{Labels(), value}}};
}

void AddMonitor(const HealthMonitorStats& stats, std::size_t omitted,
                std::vector<CollectedFamily>& families) {
  const auto add = [&](const char* name, const char* help, MetricType type, auto value) {
    families.push_back(Figure(name, help, type, static_cast<double>(value)));
  };
  constexpr MetricType kGauge = MetricType::kGauge;
  constexpr MetricType kCounter = MetricType::kCounter;
  add("components", "Components of the monitor.", kGauge, stats.components);
  add("omitted_components", "Components that have no lines of their own, for their number.", kGauge,
      omitted);
  add("threads", "Threads that run checks, or wait for one.", kGauge, stats.threads);
  add("hung_checks", "Checks that have timed out and not returned.", kGauge, stats.hung_checks);
  add("waiting_checks", "Checks that wait for a thread.", kGauge, stats.waiting_checks);
  add("late_starts_total", "Checks that started more than 100 ms after their turn.", kCounter,
      stats.late_starts);
  add("max_start_delay_seconds", "Longest time from the turn of a check to its start.", kGauge,
      Seconds(stats.max_start_delay));
  add("dropped_transitions_total", "Transitions that subscribers were too slow for.", kCounter,
      stats.dropped_transitions);
}

}  // namespace

std::vector<CollectedFamily> HealthCollector::Collect() {
  const std::shared_ptr<const HealthMonitor> monitor = monitor_.lock();
  if (monitor == nullptr) return {};
  HealthReport report = monitor->Report();
  std::vector<ComponentReport>& components = report.components;
  const std::size_t shown = std::min(components.size(), max_components_);
  if (shown < components.size()) {
    std::stable_partition(components.begin(), components.end(), [](const ComponentReport& one) {
      return one.status != HealthStatus::kHealthy;
    });
  }
  ComponentFamilies by_component;
  for (std::size_t i = 0; i < shown; ++i) by_component.Add(components[i]);
  std::vector<CollectedFamily> families;
  by_component.MoveTo(families);
  if (const auto value = StatusValue(report.status)) {
    families.push_back(Figure("status", "How all components are together, as each one's status.",
                              MetricType::kGauge, *value));
  }
  AddMonitor(monitor->stats(), components.size() - shown, families);
  return families;
}

VITALS_NAMESPACE_END
