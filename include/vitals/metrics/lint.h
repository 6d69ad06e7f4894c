#ifndef VITALS_METRICS_LINT_H_
#define VITALS_METRICS_LINT_H_

#include <string>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/metrics/gatherer.h"
#include "vitals/model/snapshot.h"

/// \file
/// Holds metrics against the naming conventions of Prometheus, by the rules of promlint (of
/// client_golang 1.23), which `promtool check metrics` applies, and in its words:
///
///   - there is a help text;
///   - counters end in `_total`, nothing else does; only gauges end in `_timestamp_seconds`;
///   - `_bucket`, `_sum`, `_count`, `le` and `quantile` belong to histograms and summaries;
///   - units are base units (seconds, bytes, ...) and written out;
///   - names do not repeat their type, have no colons, and are in snake_case; so are labels;
///   - no series is there twice.

VITALS_NAMESPACE_BEGIN

/// What is wrong with one metric.
struct LintProblem {
  std::string metric;
  std::string text;

  friend bool operator==(const LintProblem&, const LintProblem&) = default;
  friend auto operator<=>(const LintProblem&, const LintProblem&) = default;
};

/// A problem that is known and stays, such as that of a name that dashboards use.
struct LintException {
  std::string metric;
  std::string text = {};  ///< of the problem; empty for all problems of the metric
};

struct LintOptions {
  /// Not reported. One that meets no problem is reported itself, so that the list stays short.
  std::vector<LintException> accepted = {};
};

/// The problems of all families, each once, sorted by metric and text; empty when all is well.
VITALS_EXPORT std::vector<LintProblem> Lint(const Snapshot& snapshot,
                                            const LintOptions& options = {});

/// The same for what there is to gather now: families without series are not seen.
VITALS_EXPORT std::vector<LintProblem> Lint(Gatherer& gatherer, const LintOptions& options = {});

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_LINT_H_
