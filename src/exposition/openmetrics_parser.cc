#include <optional>
#include <string>
#include <string_view>

#include "exposition/openmetrics_checker.h"
#include "exposition/openmetrics_role.h"
#include "exposition/page_parsers.h"
#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN
namespace exposition {
namespace {

constexpr std::string_view kEnd = "# EOF";

class OpenMetricsParser {
 public:
  OpenMetricsParser(PageReader& reader, PageBuilder& builder)
      : reader_(reader), builder_(builder), checker_(reader) {}

  bool Parse() {
    while (reader_.NextLine()) {
      const std::string_view line = reader_.line();
      if (line == kEnd) return ParseEnd();
      if (line.empty()) return reader_.Fail(line.data(), "OpenMetrics has no empty lines");
      if (!(line[0] == '#' ? ParseMetadata() : ParseSample())) return false;
    }
    if (!reader_.status().ok()) return false;
    return reader_.FailAtEnd("the page ends without \"# EOF\"");
  }

 private:
  // The metadata of the current family that the result does not keep.
  struct Metadata {
    const char* help_at = nullptr;  // null where there was none, likewise below
    const char* type_at = nullptr;
    const char* unit_at = nullptr;
  };

  bool ParseEnd() {
    if (!reader_.rest().empty()) {
      return reader_.Fail(reader_.rest().data(), "the page goes on after \"# EOF\"");
    }
    return EndFamily();
  }

  ParsedFamily& family() { return builder_.families().back(); }

  bool ParseMetadata() {
    MetadataLine metadata;
    if (!SplitMetadata(metadata)) return false;
    if (!has_family_ || metadata.name != family().name) {
      if (!StartFamily(metadata.name)) return false;
    } else if (family().sample_count > 0) {
      return reader_.Fail(reader_.line().data(),
                          "metadata stands before the samples of its family");
    }
    if (metadata.keyword == "HELP") return SetHelp(metadata);
    if (metadata.keyword == "TYPE") return SetType(metadata);
    return SetUnit(metadata);
  }

  bool SplitMetadata(MetadataLine& metadata) {
    const std::string_view line = reader_.line();
    constexpr std::string_view kExpected =
        "expected \"# HELP name text\", \"# TYPE name type\", \"# UNIT name unit\" or \"# EOF\"";
    metadata.keyword = line.substr(0, 6);
    if (metadata.keyword != "# HELP" && metadata.keyword != "# TYPE" &&
        metadata.keyword != "# UNIT") {
      return reader_.Fail(line.data(), kExpected);
    }
    metadata.keyword.remove_prefix(2);
    std::string_view rest = line.substr(6);
    if (!rest.starts_with(' ')) return reader_.Fail(rest.data(), kExpected);
    rest.remove_prefix(1);
    const std::size_t name_size = MetricNameSize(rest);
    if (name_size == 0) return reader_.Fail(rest.data(), "expected a metric name");
    metadata.name = rest.substr(0, name_size);
    rest.remove_prefix(name_size);
    if (!rest.starts_with(' ')) {
      return reader_.Fail(rest.data(), "expected a blank and a text after the metric name");
    }
    metadata.text = rest.substr(1);
    return true;
  }

  bool SetHelp(const MetadataLine& metadata) {
    family().escaped_help = metadata.text;
    return SetOnce(metadata, metadata_.help_at);
  }

  bool SetType(const MetadataLine& metadata) {
    const std::optional<MetricType> type = OpenMetricsType(metadata.text);
    if (!type) {
      return reader_.Fail(metadata.text.data(),
                          "expected counter, gauge, histogram, gaugehistogram, summary, info, "
                          "stateset or unknown");
    }
    family().type = *type;
    return SetOnce(metadata, metadata_.type_at);
  }

  bool SetUnit(const MetadataLine& metadata) {
    family().unit = metadata.text;
    return SetOnce(metadata, metadata_.unit_at);
  }

  bool SetOnce(const MetadataLine& metadata, const char*& text_at) {
    if (text_at != nullptr) {
      return reader_.Fail(reader_.line().data(),
                          fmt::format("{} has a second {}", metadata.name, metadata.keyword));
    }
    text_at = metadata.text.data();
    return true;
  }

  bool ParseSample() {
    if (!ScanSample<ExpositionFormat::kOpenMetrics>(reader_, scanned_)) return false;
    const std::string_view name = scanned_.sample.name;
    if (!has_family_ || name != sample_name_) {
      std::optional<Role> role = has_family_ ? RoleInFamily(name) : std::nullopt;
      if (!role) {
        if (!StartFamily(name)) return false;
        role = Role::kValue;
      }
      role_ = *role;
      sample_name_ = name;
    }
    if (family().sample_count == 0) checker_.StartFamily(family().type);
    if (!checker_.CheckSample(family(), role_, scanned_)) return false;
    ++family().sample_count;
    return AddSample(scanned_, reader_, builder_);
  }

  std::optional<Role> RoleInFamily(std::string_view name) {
    const std::string_view family_name = family().name;
    if (!name.starts_with(family_name)) return std::nullopt;
    return RoleOf(family().type, name.substr(family_name.size()));
  }

  bool StartFamily(std::string_view name) {
    if (has_family_ && !EndFamily()) return false;
    has_family_ = true;
    metadata_ = Metadata();
    sample_name_ = {};
    ParsedFamily family;
    family.name = name;
    return AddFamily(family, reader_, builder_);
  }

  bool EndFamily() {
    if (!has_family_) return true;
    return (family().sample_count == 0 || checker_.EndFamily()) && CheckUnit() && CheckNames();
  }

  bool CheckUnit() {
    const ParsedFamily& ended = family();
    if (ended.unit.empty()) return true;
    if (ended.type == MetricType::kInfo || ended.type == MetricType::kStateSet) {
      return reader_.Fail(metadata_.unit_at, fmt::format("{} is {} and has no unit", ended.name,
                                                         OpenMetricsTypeName(ended.type)));
    }
    const std::size_t before = ended.name.size() - std::min(ended.name.size(), ended.unit.size());
    if (before > 0 && ended.name.ends_with(ended.unit) && ended.name[before - 1] == '_')
      return true;
    return reader_.Fail(
        metadata_.unit_at,
        fmt::format("the unit is the end of the name: expected {}_{}", ended.name, ended.unit));
  }

  // No family's name, with or without the suffixes of its type, is that of another.
  bool CheckNames() {
    const ParsedFamily& ended = family();
    if (!types_.emplace(ended.name, ended.type).second) return FailClash(ended.name);
    for (const RoleSuffix& suffix : RoleSuffixes(ended.type)) {
      if (suffix.suffix.empty()) continue;
      name_.assign(ended.name).append(suffix.suffix);
      if (types_.contains(name_)) return FailClash(name_);
    }
    // The other way round: the name is an earlier family's with a suffix. All begin with `_`.
    const std::size_t underscore = ended.name.rfind('_');
    if (underscore == std::string_view::npos) return true;
    const auto earlier = types_.find(ended.name.substr(0, underscore));
    if (earlier == types_.end() || !RoleOf(earlier->second, ended.name.substr(underscore))) {
      return true;
    }
    return FailClash(ended.name);
  }

  bool FailClash(std::string_view name) {
    return reader_.Fail(family().name.data(),
                        fmt::format("two families have the name {}: give each one of its own, and "
                                    "keep its lines together",
                                    name));
  }

  PageReader& reader_;
  PageBuilder& builder_;
  OpenMetricsChecker checker_;
  ScannedSample scanned_;
  bool has_family_ = false;
  Metadata metadata_;
  std::string_view sample_name_;  // of the last sample, whose role is role_
  Role role_ = Role::kValue;
  NameMap<MetricType> types_;  // of the families that ended
  std::string name_;           // memory
};

}  // namespace

bool ParseOpenMetrics(PageReader& reader, PageBuilder& builder) {
  return OpenMetricsParser(reader, builder).Parse();
}

}  // namespace exposition
VITALS_NAMESPACE_END
