#include "vitals/exposition/parser.h"

#include <algorithm>
#include <utility>

#include "exposition/page_parsers.h"
#include "exposition/page_reader.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {

bool AddFamily(const ParsedFamily& family, PageReader& reader, PageBuilder& builder) {
  const std::size_t limit = reader.options().max_families;
  if (builder.families().size() == limit) {
    return reader.FailLimit(reader.line().data(), "families", "max_families", limit);
  }
  builder.families().push_back(family);
  builder.families().back().first_sample = static_cast<std::uint32_t>(builder.samples().size());
  return true;
}

bool AddSample(ScannedSample& scanned, PageReader& reader, PageBuilder& builder) {
  const std::size_t limit = reader.options().max_samples;
  if (builder.samples().size() == limit) {
    return reader.FailLimit(reader.line().data(), "samples", "max_samples", limit);
  }
  scanned.sample.exemplar_index = ParsedSample::kNoExemplar;
  if (scanned.exemplar) {
    scanned.sample.exemplar_index = static_cast<std::uint32_t>(builder.exemplars().size());
    builder.exemplars().push_back(*scanned.exemplar);
  }
  builder.samples().push_back(scanned.sample);
  return true;
}

}  // namespace exposition

ExpositionFormat FormatOfContentType(std::string_view content_type) noexcept {
  constexpr std::string_view kOpenMetrics = "application/openmetrics-text";
  constexpr std::string_view kBlanks = " \t";
  content_type.remove_prefix(
      std::min(content_type.find_first_not_of(kBlanks), content_type.size()));
  const std::string_view media_type = content_type.substr(0, content_type.find_first_of("; \t"));
  const bool equal = std::equal(
      media_type.begin(), media_type.end(), kOpenMetrics.begin(), kOpenMetrics.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b; });
  return equal ? ExpositionFormat::kOpenMetrics : ExpositionFormat::kText;
}

absl::Status ParsePage(std::string_view page, const ParseOptions& options, ParsedPage& result) {
  exposition::PageReader reader(page, options);
  exposition::PageBuilder builder(options.format, result);
  if (!reader.CheckPage()) return reader.status();
  const bool parsed = options.format == ExpositionFormat::kOpenMetrics
                          ? exposition::ParseOpenMetrics(reader, builder)
                          : exposition::ParseText(reader, builder);
  return parsed ? absl::OkStatus() : reader.status();
}

absl::StatusOr<ParsedPage> ParsePage(std::string_view page, const ParseOptions& options) {
  ParsedPage result;
  if (absl::Status status = ParsePage(page, options, result); !status.ok()) return status;
  return result;
}

VITALS_NAMESPACE_END
