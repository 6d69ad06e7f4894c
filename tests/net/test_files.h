#ifndef VITALS_TESTS_NET_TEST_FILES_H_
#define VITALS_TESTS_NET_TEST_FILES_H_

#include <string>
#include <string_view>

namespace vitals_test {

/// A folder of its own, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string File(std::string_view name) const;

  /// Writes a file and returns its path.
  std::string Write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

/// A certificate for 127.0.0.1, signed by itself, and its key: both PEM.
struct Certificate {
  std::string certificate;
  std::string private_key;
  std::string encrypted_private_key;  ///< under a passphrase
};
Certificate MakeCertificate();

}  // namespace vitals_test

#endif  // VITALS_TESTS_NET_TEST_FILES_H_
