#include "vitals/model/metric_family.h"

#include <charconv>
#include <cmath>
#include <utility>

VITALS_NAMESPACE_BEGIN
namespace {

void AppendEscapedHelp(std::string_view help, std::string& out) {
  for (const char c : help) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

// The shortest text that reads back as the same number: fixed from 1e-4 to below `fixed_end`,
// scientific outside.
std::string NumberText(double number, double fixed_end) {
  const double magnitude = std::fabs(number);
  const bool fixed = magnitude == 0 || (magnitude >= 1e-4 && magnitude < fixed_end);
  char buffer[32];
  const std::to_chars_result result =
      std::to_chars(buffer, buffer + sizeof(buffer), number,
                    fixed ? std::chars_format::fixed : std::chars_format::scientific);
  return std::string(buffer, result.ptr);
}

// As prometheus-cpp writes bounds: they are part of a series' name, which must not change when a
// host comes over.
std::string TextNumber(double number) { return NumberText(number, 1e16); }

// The "canonical number" of OpenMetrics, which client_golang writes too: with a fraction always.
std::string CanonicalNumber(double number) {
  constexpr double kFixedEnd = 1e6;
  std::string text = NumberText(number, kFixedEnd);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

// `name="number"` for each number, written by `text_of`.
template <typename TextOf>
std::vector<std::string> NumberLabels(std::string_view name, const std::vector<double>& numbers,
                                      const TextOf& text_of) {
  std::vector<std::string> labels;
  labels.reserve(numbers.size() + 1);
  for (const double number : numbers) {
    labels.push_back(std::string(name) + "=\"" + text_of(number) + '"');
  }
  return labels;
}

void AppendLabelText(const Label& label, std::string& out) {
  if (!out.empty()) out += ',';
  out += label.name;
  out += "=\"";
  AppendEscapedLabelValue(label.value, out);
  out += '"';
}

}  // namespace

std::string_view MetricTypeName(MetricType type) noexcept {
  switch (type) {
    case MetricType::kUntyped:
      return "untyped";
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
    case MetricType::kInfo:
    case MetricType::kStateSet:
      return "gauge";
    case MetricType::kHistogram:
    case MetricType::kGaugeHistogram:
      return "histogram";
    case MetricType::kSummary:
      return "summary";
  }
  return "untyped";
}

std::string_view OpenMetricsTypeName(MetricType type) noexcept {
  switch (type) {
    case MetricType::kUntyped:
      return "unknown";
    case MetricType::kGaugeHistogram:
      return "gaugehistogram";
    case MetricType::kInfo:
      return "info";
    case MetricType::kStateSet:
      return "stateset";
    case MetricType::kCounter:
    case MetricType::kGauge:
    case MetricType::kHistogram:
    case MetricType::kSummary:
      break;
  }
  return MetricTypeName(type);
}

void AppendEscapedLabelValue(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += c;
    }
  }
}

std::string LabelText(const Labels& labels) {
  std::string text;
  for (const Label& label : labels) AppendLabelText(label, text);
  return text;
}

Labels ParseLabelText(std::string_view text) {
  std::vector<Label> labels;
  std::size_t i = 0;
  while (i < text.size()) {
    Label label;
    const std::size_t equals = text.find('=', i);
    label.name = text.substr(i, equals - i);
    i = equals + 2;  // past ="
    for (; text[i] != '"'; ++i) {
      if (text[i] == '\\') {
        ++i;
        label.value += text[i] == 'n' ? '\n' : text[i];
      } else {
        label.value += text[i];
      }
    }
    i += 2;  // past ",
    labels.push_back(std::move(label));
  }
  return Labels(std::move(labels));
}

void CompleteDescription(FamilyDescription& description) {
  FamilyDescription& d = description;
  d.header.clear();
  if (!d.help.empty()) {
    d.header += "# HELP " + d.name + ' ';
    AppendEscapedHelp(d.help, d.header);
    d.header += '\n';
  }
  d.header += "# TYPE " + d.name + ' ';
  d.header += MetricTypeName(d.type);
  d.header += '\n';
  d.const_label_text = LabelText(d.const_labels);
  d.openmetrics_help.clear();
  AppendEscapedLabelValue(d.help, d.openmetrics_help);
  d.bound_texts.clear();
  d.openmetrics_bound_texts.clear();
  if (d.kind == ValueKind::kHistogram) {
    d.bound_texts = NumberLabels("le", d.bounds, TextNumber);
    d.bound_texts.emplace_back("le=\"+Inf\"");
    d.openmetrics_bound_texts = NumberLabels("le", d.bounds, CanonicalNumber);
    d.openmetrics_bound_texts.emplace_back("le=\"+Inf\"");
  }
  d.quantile_texts = NumberLabels("quantile", d.quantiles, TextNumber);
  d.openmetrics_quantile_texts = NumberLabels("quantile", d.quantiles, CanonicalNumber);
  d.state_texts.clear();
  for (const std::string& state : d.states) {
    AppendLabelText({d.name, state}, d.state_texts.emplace_back());
  }
}

ShownBins FindShownBins(const FamilyDescription& description,
                        const HistogramValue& value) noexcept {
  ShownBins shown{0, value.bins.size() - 1};
  if (!description.hides_empty_buckets) return shown;
  while (shown.last > 0 && value.bins[shown.last] == 0) --shown.last;
  while (shown.first < shown.last && value.bins[shown.first] == 0) ++shown.first;
  const bool is_empty = value.bins[shown.last] == 0;
  if (is_empty) return {value.bins.size() - 1, value.bins.size() - 1};
  if (shown.first > 0) --shown.first;
  return shown;
}

Labels MetricFamily::labels(std::size_t index) const {
  const Labels own = ParseLabelText(label_text(index));
  std::vector<Label> all(own.begin(), own.end());
  all.insert(all.end(), description_->const_labels.begin(), description_->const_labels.end());
  return Labels(std::move(all));
}

double MetricFamily::Number(std::size_t index) const {
  switch (description_->kind) {
    case ValueKind::kUnsigned:
      return static_cast<double>(Unsigned(index));
    case ValueKind::kSigned:
      return static_cast<double>(Signed(index));
    case ValueKind::kStates:
      return static_cast<double>(Unsigned(index));
    case ValueKind::kDouble:
    case ValueKind::kHistogram:
    case ValueKind::kSummary:
      break;
  }
  return Double(index);
}

std::span<std::uint64_t> MetricFamily::Reset(std::shared_ptr<const FamilyDescription> description,
                                             std::shared_ptr<const SeriesList> series) {
  description_ = std::move(description);
  series_ = std::move(series);
  blocks_ = series_->blocks();
  words_.assign(blocks_.size() * description_->words_per_series(), 0);
  timestamps_.clear();
  exemplars_.clear();
  return words_;
}

void MetricFamily::SetTimestamp(std::size_t index, std::int64_t timestamp_ms) {
  timestamps_.resize(size(), kNoTimestamp);
  timestamps_[index] = timestamp_ms;
}

void MetricFamily::Clear() {
  blocks_ = {};
  words_.clear();
  timestamps_.clear();
  exemplars_.clear();
  series_.reset();
  description_.reset();
}

VITALS_NAMESPACE_END
