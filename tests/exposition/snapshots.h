#ifndef VITALS_TESTS_EXPOSITION_SNAPSHOTS_H_
#define VITALS_TESTS_EXPOSITION_SNAPSHOTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "vitals/exposition/openmetrics_encoder.h"
#include "vitals/metrics/collector.h"
#include "vitals/model/snapshot.h"

/// \file
/// Snapshots with given contents, and their pages.

VITALS_NAMESPACE_BEGIN
namespace testing {

/// What a registry gathers that has nothing but a collector of these families. Fails the test when
/// one of them is left out.
Snapshot Collected(std::vector<CollectedFamily> families, const Labels& const_labels = {});

/// One series as a column holds it.
struct RawSeries {
  Labels labels = {};
  std::vector<std::uint64_t> words;
  std::int64_t created_ms = 0;
};

/// Adds a family as instruments make them, for what no collector can say.
void AddFamily(FamilyDescription description, const std::vector<RawSeries>& series,
               Snapshot& snapshot);

std::string Text(const Snapshot& snapshot);
std::string OpenMetrics(const Snapshot& snapshot, const OpenMetricsOptions& options = {});

/// A family of every type, with exemplars, timestamps, times of creation, escapes, and values of
/// every kind.
std::vector<CollectedFamily> EveryType();

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTS_EXPOSITION_SNAPSHOTS_H_
