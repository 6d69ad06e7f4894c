#include "vitals/exposition/text_encoder.h"

#include <string>
#include <string_view>
#include <vector>

#include "exposition/family_encoder.h"
#include "exposition/page_writer.h"

VITALS_NAMESPACE_BEGIN
namespace {

using exposition::PageWriter;

// The Prometheus text format, for FamilyEncoder. It has no exemplars and no times of creation.
struct TextFormat {
  static const std::vector<std::string>& bound_texts(const FamilyDescription& description) {
    return description.bound_texts;
  }
  static const std::vector<std::string>& quantile_texts(const FamilyDescription& description) {
    return description.quantile_texts;
  }
  static constexpr bool shows_exemplars() { return false; }
  static constexpr bool shows_sum(const FamilyDescription&, double) { return true; }
  static constexpr bool shows_quantile(double) { return true; }
  static constexpr std::string_view created_name() { return {}; }

  static void WriteTimestamp(std::int64_t timestamp_ms, PageWriter& writer) {
    writer.Write(' ');
    writer.WriteNumber(timestamp_ms);
  }
  static void WriteExemplar(const Exemplar&, PageWriter&) {}
  static void WriteCreated(std::int64_t, PageWriter&) {}
};

}  // namespace

void EncodeText(const Snapshot& snapshot, std::string& page) {
  PageWriter writer(page);
  std::string_view last_name;
  for (const MetricFamily& family : snapshot.families()) {
    const FamilyDescription& description = family.description();
    if (description.name != last_name) {
      writer.Reserve(description.header.size());
      writer.Write(description.header);
      last_name = description.name;
    }
    exposition::FamilyEncoder(TextFormat(), family, writer).Encode();
  }
}

VITALS_NAMESPACE_END
