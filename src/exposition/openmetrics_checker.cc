#include "exposition/openmetrics_checker.h"

#include <cmath>
#include <limits>
#include <string>

#include "base/bytes.h"
#include "exposition/number.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool EqualText(std::string_view a, std::string_view b) {
  return a.size() == b.size() && base::EqualBytes(a.data(), b.data(), a.size());
}

// The name of the label that tells a role's samples of one point apart; empty where there is none.
std::string_view OwnLabelName(Role role, const ParsedFamily& family) {
  switch (role) {
    case Role::kBucket:
      return "le";
    case Role::kQuantile:
      return "quantile";
    case Role::kState:
      return family.name;
    default:
      return {};
  }
}

bool IsWhole(double value) { return std::isfinite(value) && std::trunc(value) == value; }

// Why a value cannot stand in this role; empty when it can.
std::string_view FaultOf(Role role, double value) {
  switch (role) {
    case Role::kBucket:
    case Role::kCount:
    case Role::kGaugeCount:
      if (!(value >= 0 && IsWhole(value))) return "a count is a whole number, 0 or more";
      break;
    case Role::kTotal:
    case Role::kSum:
      if (!(value >= 0)) return "a total is not negative and not NaN";
      break;
    case Role::kGaugeSum:
      if (std::isnan(value)) return "a sum is not NaN";
      break;
    case Role::kQuantile:
      if (value < 0) return "the value at a quantile is not negative";
      break;
    case Role::kCreated:
      if (!std::isfinite(value)) return "the time of creation is a finite number of seconds";
      break;
    case Role::kState:
      if (value != 0 && value != 1) return "a state is 0 or 1";
      break;
    case Role::kInfo:
      if (value != 1) return "an info is 1";
      break;
    case Role::kValue:
      break;
  }
  return {};
}

}  // namespace

void OpenMetricsChecker::StartFamily(MetricType type) {
  is_histogram_ = type == MetricType::kHistogram || type == MetricType::kGaugeHistogram;
  metrics_.Clear();
  own_labels_.Clear();
  has_metric_ = false;
  point_ = Point();
}

bool OpenMetricsChecker::CheckSample(const ParsedFamily& family, Role role,
                                     const ScannedSample& scanned) {
  const std::string_view own_name = OwnLabelName(role, family);
  const ParsedLabel* const own_label = FindOwnLabel(own_name, scanned);
  if (!own_name.empty() && !CheckOwnLabel(role, own_label, own_name, scanned)) return false;
  if (!CheckMetric(own_label, scanned)) return false;
  last_sample_at_ = scanned.sample.name.data();
  return CheckRepeat(role, own_label, scanned) && CheckValue(role, scanned) &&
         (!scanned.exemplar || CheckExemplar(role, scanned));
}

const ParsedLabel* OpenMetricsChecker::FindOwnLabel(std::string_view name,
                                                    const ScannedSample& scanned) const {
  if (name.empty()) return nullptr;
  for (const ParsedLabel& label : scanned.labels) {
    if (label.name == name) return &label;
  }
  return nullptr;
}

bool OpenMetricsChecker::CheckOwnLabel(Role role, const ParsedLabel* label, std::string_view name,
                                       const ScannedSample& scanned) {
  if (label == nullptr) {
    return reader_.Fail(scanned.sample.name.data(),
                        fmt::format("{} needs a label \"{}\"", scanned.sample.name, name));
  }
  if (role == Role::kState) return true;
  const std::string_view text = label->escaped_value;
  if (ParseNumber(text, bound_) != NumberError::kNone || std::isnan(bound_)) {
    return reader_.Fail(text.data(), fmt::format("the value of \"{}\" is a number", name));
  }
  if (bound_ == kInfinity && text != "+Inf") {
    return reader_.Fail(text.data(), "positive infinity is written +Inf");
  }
  if (role == Role::kQuantile && !(bound_ >= 0 && bound_ <= 1)) {
    return reader_.Fail(text.data(), "a quantile is from 0 to 1");
  }
  return true;
}

// Most samples have the labels of the one before them, in the same order and writing.
bool OpenMetricsChecker::IsSameMetric(const ParsedLabel* own_label,
                                      const ScannedSample& scanned) const {
  const std::size_t count = scanned.labels.size() - (own_label == nullptr ? 0 : 1);
  if (!has_metric_ || count != metric_labels_.size()) return false;
  auto expected = metric_labels_.begin();
  for (const ParsedLabel& label : scanned.labels) {
    if (&label == own_label) continue;
    if (!EqualText(label.escaped_value, expected->escaped_value) ||
        !EqualText(label.name, expected->name)) {
      return false;
    }
    ++expected;
  }
  return true;
}

bool OpenMetricsChecker::CheckMetric(const ParsedLabel* own_label, const ScannedSample& scanned) {
  if (IsSameMetric(own_label, scanned)) return CheckTimestamp(scanned);
  const std::size_t known = metrics_.size();
  const std::uint32_t number =
      metrics_.Insert({.labels = scanned.labels,
                       .text = scanned.sample.labels.text(),
                       .left_out = own_label == nullptr ? std::string_view() : own_label->name,
                       .has_escapes = scanned.labels_have_escapes});
  if (number < known) {
    if (has_metric_ && number == metric_) return CheckTimestamp(scanned);
    return reader_.Fail(
        scanned.sample.name.data(),
        fmt::format(
            "{} returns to a metric that ended before: keep the samples of a metric together",
            scanned.sample.name));
  }
  if (!StartPoint()) return false;
  has_metric_ = true;
  metric_ = number;
  timestamp_ = scanned.timestamp_seconds;
  metric_labels_.clear();
  for (const ParsedLabel& label : scanned.labels) {
    if (&label != own_label) metric_labels_.push_back(label);
  }
  return true;
}

bool OpenMetricsChecker::CheckTimestamp(const ScannedSample& scanned) {
  const double timestamp = scanned.timestamp_seconds;
  if (std::isnan(timestamp) != std::isnan(timestamp_)) {
    return reader_.Fail(scanned.value_at, "all samples of a metric have a timestamp, or none has");
  }
  if (std::isnan(timestamp) || timestamp == timestamp_) return true;
  if (timestamp < timestamp_) {
    return reader_.Fail(scanned.value_at, "the timestamps of a metric do not go back");
  }
  timestamp_ = timestamp;
  return StartPoint();
}

bool OpenMetricsChecker::StartPoint() {
  if (!EndPoint()) return false;
  point_ = Point();
  if (own_labels_.size() > 0) own_labels_.Clear();
  return true;
}

bool OpenMetricsChecker::CheckRepeat(Role role, const ParsedLabel* own_label,
                                     const ScannedSample& scanned) {
  bool repeats = Has(role);
  if (role == Role::kBucket) {
    repeats = false;  // that bounds rise is checked elsewhere
  } else if (own_label != nullptr) {
    const std::size_t known = own_labels_.size();
    const char* const end = own_label->escaped_value.data() + own_label->escaped_value.size() + 1;
    const char* const start = own_label->name.data();
    repeats = own_labels_.Insert({.labels = {own_label, 1},
                                  .text = {start, static_cast<std::size_t>(end - start)},
                                  .left_out = {},
                                  .has_escapes = scanned.labels_have_escapes}) < known;
  }
  if (repeats) {
    return reader_.Fail(
        scanned.sample.name.data(),
        fmt::format("{} is there twice with the same labels and timestamp", scanned.sample.name));
  }
  return true;
}

bool OpenMetricsChecker::CheckValue(Role role, const ScannedSample& scanned) {
  const double value = scanned.sample.value;
  if (const std::string_view fault = FaultOf(role, value); !fault.empty()) {
    return reader_.Fail(scanned.value_at, fault);
  }
  if (role == Role::kBucket && !CheckBucket(bound_, scanned)) return false;
  point_.roles |= 1U << static_cast<unsigned>(role);
  if (role == Role::kCount || role == Role::kGaugeCount) point_.count = value;
  if (role == Role::kGaugeSum) point_.gauge_sum = value;
  return true;
}

bool OpenMetricsChecker::CheckBucket(double bound, const ScannedSample& scanned) {
  const double value = scanned.sample.value;
  if (Has(Role::kBucket)) {
    if (bound <= point_.last_bound) {
      return reader_.Fail(scanned.sample.name.data(), "the bounds of buckets rise");
    }
    if (value < point_.last_bucket) {
      return reader_.Fail(scanned.value_at,
                          "buckets are cumulative: none is smaller than the one before");
    }
  }
  point_.last_bound = bound;
  point_.last_bucket = value;
  point_.has_negative_bounds |= bound < 0;
  return true;
}

bool OpenMetricsChecker::CheckExemplar(Role role, const ScannedSample& scanned) {
  if (role == Role::kBucket || role == Role::kTotal) return true;
  return reader_.Fail(scanned.exemplar_at,
                      "only buckets and the totals of counters have exemplars");
}

bool OpenMetricsChecker::EndPoint() {
  return !is_histogram_ || !has_metric_ || EndHistogramPoint();
}

bool OpenMetricsChecker::EndHistogramPoint() {
  std::string_view fault;
  const bool has_sum = Has(Role::kSum) || Has(Role::kGaugeSum);
  const bool has_count = Has(Role::kCount) || Has(Role::kGaugeCount);
  if (!Has(Role::kBucket) || point_.last_bound != kInfinity) {
    fault = "a histogram ends with a bucket le=\"+Inf\"";
  } else if (has_count && point_.count != point_.last_bucket) {
    fault = "the count of a histogram is its bucket le=\"+Inf\"";
  } else if (has_sum && !has_count) {
    fault = "a histogram with a sum has a count";
  } else if (has_count && !has_sum) {
    fault = "a histogram with a count has a sum";
  } else if (Has(Role::kSum) && point_.has_negative_bounds) {
    fault = "a histogram with negative bounds has no sum: it would not be a total";
  } else if (point_.gauge_sum < 0 && !point_.has_negative_bounds) {
    fault = "the sum is not negative where no bound is";
  }
  return fault.empty() || reader_.Fail(last_sample_at_, fault);
}

}  // namespace exposition
VITALS_NAMESPACE_END
