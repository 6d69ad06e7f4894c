#include <openssl/evp.h>

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "examples/job_worker/file_io.h"
#include "examples/job_worker/handlers.h"
#include "examples/job_worker/span_status.h"
#include "fmt/format.h"

namespace job_worker {
namespace {

struct DigestDeleter {
  void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
};

absl::StatusOr<std::string> Sha256(const std::filesystem::path& path, const JobContext& context) {
  absl::StatusOr<InputFile> file = InputFile::Open(path, context);
  if (!file.ok()) return file.status();
  const std::unique_ptr<EVP_MD_CTX, DigestDeleter> digest(EVP_MD_CTX_new());
  bool ok = digest != nullptr && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
  std::vector<unsigned char> buffer(kBlockSize);
  while (ok) {
    const auto block = file->Read(buffer);
    if (!block.ok()) return block.status();
    if (block->empty()) break;
    const vitals::Span span = context.StartBlockSpan("hash");
    ok = EVP_DigestUpdate(digest.get(), block->data(), block->size()) == 1;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
  unsigned size = 0;
  ok = ok && EVP_DigestFinal_ex(digest.get(), value.data(), &size) == 1;
  if (!ok) return absl::InternalError("OpenSSL cannot compute SHA-256");
  return fmt::format("{:02x}", fmt::join(value.begin(), value.begin() + size, ""));
}

class ChecksumHandler final : public Handler {
 public:
  explicit ChecksumHandler(ChecksumManifest manifest) : manifest_(std::move(manifest)) {}

  std::string_view name() const override { return "guestkit.checksum"; }

  void Start(const JobContext& context) override {
    const auto verifications =
        context.registry()
            .AddCounter({.name = "guestkit_checksum_verifications_total",
                         .help = "Comparisons of a file with the checksum manifest, by result."},
                        {"status"})
            .value();
    successes_ = verifications.With("success");
    failures_ = verifications.With("failure");
    skips_ = verifications.With("skipped");
  }

  absl::StatusOr<std::string> Run(const std::filesystem::path& path,
                                  const JobContext& context) override {
    absl::StatusOr<std::string> actual = Sha256(path, context);
    if (!actual.ok()) return actual.status();
    vitals::Span span = context.tracer().StartSpan("verify");
    span.SetAttribute("checksum.actual", *actual);
    absl::StatusOr<std::string> result = Verify(path, *actual);
    RecordStatus(span, result.status()).IgnoreError();
    return result;
  }

 private:
  absl::StatusOr<std::string> Verify(const std::filesystem::path& path, std::string_view actual) {
    const std::optional<std::string> expected = manifest_.Find(path);
    if (!expected.has_value()) {
      skips_.Increment();
      return fmt::format("SHA-256 {}, not in the manifest", actual);
    }
    if (*expected != actual) {
      failures_.Increment();
      return absl::DataLossError(
          fmt::format("SHA-256 is {}, the manifest says {}", actual, *expected));
    }
    successes_.Increment();
    return fmt::format("SHA-256 {}, as the manifest says", actual);
  }

  const ChecksumManifest manifest_;
  vitals::Counter successes_;
  vitals::Counter failures_;
  vitals::Counter skips_;
};

}  // namespace

std::unique_ptr<Handler> MakeChecksumHandler(ChecksumManifest manifest) {
  return std::make_unique<ChecksumHandler>(std::move(manifest));
}

}  // namespace job_worker
