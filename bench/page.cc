#include "bench/page.h"

#include <cstdint>
#include <string>

namespace bench {
namespace {

// Records before the first scrape, so that values have as many digits as those of a host that
// works.
constexpr int kFirstRecords = 200;

// Amounts added to counters: values differ from series to series.
std::uint64_t AmountOf(std::size_t index) { return 1 + index % 97; }

std::string CounterName(std::size_t family) { return "calls_" + std::to_string(family) + "_total"; }

std::string HistogramName(std::size_t family) {
  return "call_" + std::to_string(family) + "_seconds";
}

}  // namespace

VitalsPage::VitalsPage(vitals::Registry& registry) {
  for (std::size_t number = 0; number < kPageFamilies; ++number) {
    const auto counters =
        registry
            .AddCounter({.name = CounterName(number), .help = "Calls, by how they ended."},
                        {"worker", "operation", "status"})
            .value();
    for (std::size_t index = 0; index < kCountersPerFamily; ++index) {
      const LabelValues values = MakeLabelValues(index);
      counters_.push_back(counters.With(values[0], values[1], values[2]));
    }
    const auto histograms = registry
                                .AddHistogram({.name = HistogramName(number),
                                               .help = "Time that calls took.",
                                               .bounds = vitals::Bounds(DurationBounds())},
                                              {"worker", "operation", "status"})
                                .value();
    for (std::size_t index = 0; index < kHistogramsPerFamily; ++index) {
      const LabelValues values = MakeLabelValues(index);
      histograms_.push_back(histograms.With(values[0], values[1], values[2]));
    }
  }
  for (int record = 0; record < kFirstRecords; ++record) Record();
}

void VitalsPage::Record() {
  for (std::size_t index = 0; index < counters_.size(); ++index) {
    counters_[index].Increment(AmountOf(index));
  }
  const std::vector<double>& durations = RandomDurations();
  for (const vitals::Histogram& histogram : histograms_) {
    histogram.Observe(durations[turn_++ % kSampleCount]);
  }
}

PrometheusPage::PrometheusPage(prometheus::Registry& registry) {
  for (std::size_t number = 0; number < kPageFamilies; ++number) {
    auto& counters = prometheus::BuildCounter()
                         .Name(CounterName(number))
                         .Help("Calls, by how they ended.")
                         .Register(registry);
    for (std::size_t index = 0; index < kCountersPerFamily; ++index) {
      const LabelValues values = MakeLabelValues(index);
      counters_.push_back(
          &counters.Add({{"worker", values[0]}, {"operation", values[1]}, {"status", values[2]}}));
    }
    auto& histograms = prometheus::BuildHistogram()
                           .Name(HistogramName(number))
                           .Help("Time that calls took.")
                           .Register(registry);
    for (std::size_t index = 0; index < kHistogramsPerFamily; ++index) {
      const LabelValues values = MakeLabelValues(index);
      histograms_.push_back(
          &histograms.Add({{"worker", values[0]}, {"operation", values[1]}, {"status", values[2]}},
                          DurationBounds()));
    }
  }
  for (int record = 0; record < kFirstRecords; ++record) Record();
}

void PrometheusPage::Record() {
  for (std::size_t index = 0; index < counters_.size(); ++index) {
    counters_[index]->Increment(static_cast<double>(AmountOf(index)));
  }
  const std::vector<double>& durations = RandomDurations();
  for (prometheus::Histogram* const histogram : histograms_) {
    histogram->Observe(durations[turn_++ % kSampleCount]);
  }
}

}  // namespace bench
