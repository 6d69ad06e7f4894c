#ifndef VITALS_TESTS_PACKAGE_PRIVATE_PLUGINS_RECORDER_H_
#define VITALS_TESTS_PACKAGE_PRIVATE_PLUGINS_RECORDER_H_

#include <cstdint>
#include <string_view>

#include "vitals/metrics/registry.h"
#include "vitals/metrics/scoped_timer.h"

/// \file
/// What the host and each plugin do with their own copy of vitals. Internal linkage, so that each
/// really has its own.

namespace {

/// The registry of this copy. Destroyed when the copy is unloaded.
inline vitals::Registry& OwnRegistry() {
  static vitals::Registry registry;
  return registry;
}

/// Adds to events_total{by="..."} of this copy, observes as often into event_seconds, and leaves
/// the gauge events_in_flight as it was. Looks the series up each time, as a host would that keeps
/// no handles: what a header inlines, or does not, must lead to this copy.
inline void RecordEvents(std::string_view by, std::uint64_t count) {
  auto events = OwnRegistry().AddCounter({.name = "events_total"}, {"by"});
  auto seconds = OwnRegistry().AddHistogram({.name = "event_seconds"}, {"by"});
  auto in_flight = OwnRegistry().AddGauge({.name = "events_in_flight"});
  if (!events.ok() || !seconds.ok() || !in_flight.ok()) return;
  for (std::uint64_t i = 0; i < count; ++i) {
    const vitals::InFlightGuard guard(*in_flight);
    const vitals::ScopedTimer timer(seconds->With(by));
    events->With(by).Increment();
  }
}

/// Events of this copy, summed over all series; 0 when its families do not agree on the number.
inline std::uint64_t OwnTotal() {
  vitals::Snapshot snapshot;
  OwnRegistry().Gather(snapshot);
  const vitals::MetricFamily* const events = snapshot.Find("events_total");
  const vitals::MetricFamily* const seconds = snapshot.Find("event_seconds");
  if (events == nullptr || seconds == nullptr) return 0;
  std::uint64_t total = 0;
  std::uint64_t observed = 0;
  for (std::size_t i = 0; i < events->size(); ++i) total += events->Unsigned(i);
  for (std::size_t i = 0; i < seconds->size(); ++i) observed += seconds->Histogram(i).count();
  return observed == total ? total : 0;
}

}  // namespace

#endif  // VITALS_TESTS_PACKAGE_PRIVATE_PLUGINS_RECORDER_H_
