#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "exposition/page_parsers.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {
namespace {

constexpr std::string_view kBlanks = " \t";

void SkipBlanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
}

std::optional<MetricType> TextType(std::string_view word) {
  for (const MetricType type : {MetricType::kUntyped, MetricType::kCounter, MetricType::kGauge,
                                MetricType::kHistogram, MetricType::kSummary}) {
    if (MetricTypeName(type) == word) return type;
  }
  return std::nullopt;
}

// The samples of a histogram or summary that are named after it.
bool HasSamples(MetricType type, std::string_view suffix) {
  if (suffix == "_bucket") return type == MetricType::kHistogram;
  return (suffix == "_sum" || suffix == "_count") &&
         (type == MetricType::kHistogram || type == MetricType::kSummary);
}

class TextParser {
 public:
  TextParser(PageReader& reader, PageBuilder& builder) : reader_(reader), builder_(builder) {}

  bool Parse() {
    while (reader_.NextLine()) {
      std::string_view line = reader_.line();
      if (!line.empty() && IsMetricNameStart(line[0])) {
        if (!ParseSample()) return false;
        continue;
      }
      SkipBlanks(line);
      if (line.empty()) continue;
      if (!(line[0] == '#' ? ParseComment(line.substr(1)) : ParseSample())) return false;
    }
    ShareMetadata();
    return reader_.status().ok();
  }

 private:
  // `text` is what follows the `#`.
  bool ParseComment(std::string_view text) {
    const bool has_blank = text.starts_with(' ') || text.starts_with('\t');
    SkipBlanks(text);
    const std::string_view keyword = text.substr(0, text.find_first_of(kBlanks));
    if (!has_blank || (keyword != "HELP" && keyword != "TYPE")) return true;
    text.remove_prefix(keyword.size());
    SkipBlanks(text);
    if (text.empty()) return true;
    const std::size_t name_size = MetricNameSize(text);
    MetadataLine metadata{keyword, text.substr(0, name_size), text.substr(name_size)};
    const std::string_view blanks = metadata.text;
    SkipBlanks(metadata.text);
    if (name_size == 0 || (!blanks.empty() && blanks.size() == metadata.text.size())) {
      return reader_.Fail(metadata.text.data(),
                          fmt::format("expected a metric name after {}", keyword));
    }
    return keyword == "HELP" ? SetHelp(metadata) : SetType(metadata);
  }

  bool SetHelp(const MetadataLine& metadata) {
    if (!reader_.is_utf8() && !base::IsValidUtf8(metadata.text)) {
      return reader_.Fail(metadata.text.data(), "the help text is not UTF-8");
    }
    const std::optional<std::size_t> run = FirstRun(metadata.name);
    if (run) builder_.families()[*run].escaped_help = metadata.text;
    return run.has_value();
  }

  bool SetType(const MetadataLine& metadata) {
    const std::size_t end = metadata.text.find_last_not_of(kBlanks) + 1;
    const std::optional<MetricType> type = TextType(metadata.text.substr(0, end));
    if (!type) {
      return reader_.Fail(metadata.text.data(),
                          "expected counter, gauge, histogram, summary or untyped");
    }
    const std::optional<std::size_t> run = FirstRun(metadata.name);
    if (run) builder_.families()[*run].type = *type;
    sample_name_ = {};  // the type decides which samples are the family's
    return run.has_value();
  }

  // The first run of the family, which has its metadata; nothing when a new one is beyond the
  // limit.
  std::optional<std::size_t> FirstRun(std::string_view name) {
    const auto [place, is_new] = first_runs_.try_emplace(name, builder_.families().size());
    if (is_new && !AddRun(name, place->second)) return std::nullopt;
    return place->second;
  }

  bool AddRun(std::string_view name, std::size_t first_run) {
    ParsedFamily family;
    family.name = name;
    first_of_run_.push_back(first_run);
    return AddFamily(family, reader_, builder_);
  }

  bool ParseSample() {
    if (!ScanSample<ExpositionFormat::kText>(reader_, scanned_)) return false;
    if (scanned_.sample.name != sample_name_) {
      if (!FindRun(scanned_.sample.name)) return false;
      sample_name_ = scanned_.sample.name;
    }
    ++builder_.families()[run_].sample_count;
    return AddSample(scanned_, reader_, builder_);
  }

  // Makes run_ the one that takes a sample of this name now.
  bool FindRun(std::string_view name) {
    const std::optional<std::size_t> first = FindFamily(name);
    if (!first) return false;
    ParsedFamily& current = builder_.families()[run_];
    const bool continues = current.sample_count > 0 && first_of_run_[run_] == *first;
    if (continues) return true;
    run_ = *first;
    if (builder_.families()[run_].sample_count == 0) {
      builder_.families()[run_].first_sample =
          static_cast<std::uint32_t>(builder_.samples().size());
      return true;
    }
    run_ = builder_.families().size();
    return AddRun(builder_.families()[*first].name, *first);
  }

  // The first run of the family that a sample of this name is of: one of that name, else a
  // histogram or summary that has such samples, else a new one.
  std::optional<std::size_t> FindFamily(std::string_view name) {
    const std::size_t underscore = name.rfind('_');
    if (underscore != std::string_view::npos && !first_runs_.contains(name)) {
      const auto stem = first_runs_.find(name.substr(0, underscore));
      if (stem != first_runs_.end() &&
          HasSamples(builder_.families()[stem->second].type, name.substr(underscore))) {
        return stem->second;
      }
    }
    return FirstRun(name);
  }

  // Gives all runs of a family the metadata, wherever on the page it was.
  void ShareMetadata() {
    std::vector<ParsedFamily>& families = builder_.families();
    for (std::size_t run = 0; run < families.size(); ++run) {
      const ParsedFamily& first = families[first_of_run_[run]];
      families[run].type = first.type;
      families[run].escaped_help = first.escaped_help;
    }
  }

  PageReader& reader_;
  PageBuilder& builder_;
  ScannedSample scanned_;
  NameMap<std::size_t> first_runs_;
  std::vector<std::size_t> first_of_run_;  // for each run
  std::string_view sample_name_;           // of the last sample, which is of run_
  std::size_t run_ = 0;
};

}  // namespace

bool ParseText(PageReader& reader, PageBuilder& builder) {
  return TextParser(reader, builder).Parse();
}

}  // namespace exposition
VITALS_NAMESPACE_END
