#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <system_error>

#include "examples/job_worker/file_io.h"
#include "examples/job_worker/handlers.h"
#include "fmt/format.h"

namespace job_worker {
namespace {

using namespace std::string_view_literals;

/// What a file of a type starts with.
struct Magic {
  std::string_view prefix;
  std::string_view type;
};

constexpr std::array kMagics = {
    Magic{"\x7f"
          "ELF"sv,
          "ELF"},
    Magic{"\x1f\x8b"sv, "gzip"},
    Magic{"\x89PNG\r\n\x1a\n"sv, "PNG"},
    Magic{"%PDF-"sv, "PDF"},
    Magic{"PK\x03\x04"sv, "zip"},
    Magic{"QFI\xfb"sv, "qcow2 image"},
    Magic{"KDMV"sv, "VMDK image"},
    Magic{"\0asm"sv, "WebAssembly"},
    Magic{"SQLite format 3\0"sv, "SQLite"},
    Magic{"#!"sv, "script"},
};

std::string_view TypeOf(std::string_view head) {
  if (head.empty()) return "empty";
  const auto magic = std::find_if(kMagics.begin(), kMagics.end(), [head](const Magic& candidate) {
    return head.starts_with(candidate.prefix);
  });
  if (magic != kMagics.end()) return magic->type;
  return head.find('\0') == std::string_view::npos ? "text" : "data";
}

class InspectHandler final : public Handler {
 public:
  std::string_view name() const override { return "guestkit.inspect"; }

  absl::StatusOr<std::string> Run(const std::filesystem::path& path,
                                  const JobContext& context) override {
    absl::StatusOr<InputFile> file = InputFile::Open(path, context);
    if (!file.ok()) return file.status();
    std::array<unsigned char, 512> buffer;
    const auto head = file->Read(buffer);
    if (!head.ok()) return head.status();
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) return absl::UnavailableError("cannot tell its size: " + error.message());
    return fmt::format("{}, {} bytes",
                       TypeOf({reinterpret_cast<const char*>(head->data()), head->size()}), size);
  }
};

}  // namespace

std::unique_ptr<Handler> MakeInspectHandler() { return std::make_unique<InspectHandler>(); }

}  // namespace job_worker
