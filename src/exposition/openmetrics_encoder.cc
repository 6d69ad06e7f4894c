#include "vitals/exposition/openmetrics_encoder.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exposition/exemplar_labels.h"
#include "exposition/family_encoder.h"
#include "exposition/openmetrics_name.h"
#include "exposition/page_writer.h"

VITALS_NAMESPACE_BEGIN
namespace {

using exposition::OpenMetricsName;
using exposition::PageWriter;

// Seconds, with as many decimals as it takes.
void WriteSeconds(std::int64_t milliseconds, PageWriter& writer) {
  if (milliseconds < 0) writer.Write('-');
  const auto bits = static_cast<std::uint64_t>(milliseconds);
  const std::uint64_t magnitude = milliseconds < 0 ? std::uint64_t{0} - bits : bits;
  writer.WriteNumber(magnitude / 1000);
  std::uint64_t fraction = magnitude % 1000;
  if (fraction == 0) return;
  writer.Write('.');
  for (std::uint64_t digit = 100; fraction != 0; digit /= 10) {
    writer.Write(static_cast<char>('0' + static_cast<char>(fraction / digit)));
    fraction %= digit;
  }
}

// OpenMetrics 1.0, for FamilyEncoder.
class OpenMetricsFormat {
 public:
  OpenMetricsFormat(const OpenMetricsName& name, const OpenMetricsOptions& options)
      : shows_exemplars_(name.type == MetricType::kCounter || name.type == MetricType::kHistogram),
        created_name_(options.created_samples &&
                              (shows_exemplars_ || name.type == MetricType::kSummary)
                          ? name.name
                          : std::string_view()) {}

  static const std::vector<std::string>& bound_texts(const FamilyDescription& description) {
    return description.openmetrics_bound_texts;
  }
  static const std::vector<std::string>& quantile_texts(const FamilyDescription& description) {
    return description.openmetrics_quantile_texts;
  }
  bool shows_exemplars() const { return shows_exemplars_; }

  // A sum that may go down is no total, and a page that has one is refused as a whole.
  static bool shows_sum(const FamilyDescription& description, double sum) {
    return sum >= 0 && (description.bounds.empty() || description.bounds[0] >= 0);
  }
  static bool shows_quantile(double value) { return !(value < 0); }

  std::string_view created_name() const { return created_name_; }

  static void WriteTimestamp(std::int64_t timestamp_ms, PageWriter& writer) {
    writer.Write(' ');
    WriteSeconds(timestamp_ms, writer);
  }
  static void WriteCreated(std::int64_t created_ms, PageWriter& writer) {
    WriteSeconds(created_ms, writer);
  }
  static void WriteExemplar(const Exemplar& exemplar, PageWriter& writer) {
    const ParsedLabels labels(exemplar.label_text());
    // Text that is short enough has few enough characters.
    if (labels.text().size() > Exemplar::kMaxCharacters &&
        exposition::CountCharacters(labels) > Exemplar::kMaxCharacters) {
      return;
    }
    writer.Write(std::string_view(" # {"));
    writer.Write(labels.text());
    writer.Write(std::string_view("} "));
    writer.WriteNumber(exemplar.value);
    if (exemplar.timestamp_seconds == 0) return;
    writer.Write(' ');
    writer.WriteNumber(exemplar.timestamp_seconds);
  }

 private:
  const bool shows_exemplars_;
  const std::string_view created_name_;
};

void WriteMetadata(std::string_view keyword, std::string_view name, std::string_view text,
                   PageWriter& writer) {
  writer.Reserve(keyword.size() + name.size() + text.size() + 2);
  writer.Write(keyword);
  writer.Write(name);
  writer.Write(' ');
  writer.Write(text);
  writer.Write('\n');
}

void WriteHeader(const OpenMetricsName& name, const FamilyDescription& description,
                 PageWriter& writer) {
  if (!description.help.empty()) {
    WriteMetadata("# HELP ", name.name, description.openmetrics_help, writer);
  }
  WriteMetadata("# TYPE ", name.name, OpenMetricsTypeName(name.type), writer);
  if (exposition::ShowsUnit(name, description)) {
    WriteMetadata("# UNIT ", name.name, description.unit, writer);
  }
}

}  // namespace

void EncodeOpenMetrics(const Snapshot& snapshot, const OpenMetricsOptions& options,
                       std::string& page) {
  PageWriter writer(page);
  const std::span<const MetricFamily> families = snapshot.families();
  OpenMetricsName name;
  for (std::size_t i = 0; i < families.size(); ++i) {
    const FamilyDescription& description = families[i].description();
    if (i == 0 || description.name != families[i - 1].description().name) {
      name = exposition::NameInOpenMetrics(families, i);
      WriteHeader(name, description, writer);
    }
    exposition::FamilyEncoder(OpenMetricsFormat(name, options), families[i], writer).Encode();
  }
  constexpr std::string_view kEnd = "# EOF\n";
  writer.Reserve(kEnd.size());
  writer.Write(kEnd);
}

VITALS_NAMESPACE_END
