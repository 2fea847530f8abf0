#include "config/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ostream>
#include <string>

#include "tests/config/temporary_folder.h"

namespace schoolwatch::config {
namespace {

using core::ErrorKind;
using ::testing::HasSubstr;
using ::testing::Not;

// A variable of this process that is taken away again.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

TEST(Secret, ComesFromTheEnvironment) {
  const Variable variable("SW_TEST_SECRET", "correct horse\n");
  EXPECT_EQ(ReadSecret("${env:SW_TEST_SECRET}", "").value(), "correct horse");
}

TEST(Secret, ComesFromAFileBesideTheConfiguration) {
  const TemporaryFolder folder;
  folder.Write("smtp.secret", "s3cret\r\n", 0640);
  EXPECT_EQ(ReadSecret("${file:smtp.secret}", folder.path()).value(), "s3cret");
  EXPECT_EQ(ReadSecret("${file:" + (folder.path() / "smtp.secret").string() + "}", "/").value(),
            "s3cret");
}

TEST(Secret, ComesFromSystemdCredentials) {
  const TemporaryFolder folder;
  folder.Write("smtp", "s3cret", 0400);
  const Variable variable("CREDENTIALS_DIRECTORY", folder.path().string());
  EXPECT_EQ(ReadSecret("${credential:smtp}", "").value(), "s3cret");
  EXPECT_EQ(ReadSecret("${credential:other}", "").error().kind, ErrorKind::kNotFound);
}

TEST(Secret, FilesThatEverybodyCanReadAreRefused) {
  const TemporaryFolder folder;
  folder.Write("open", "s3cret", 0644);
  const core::Result<std::string> secret = ReadSecret("${file:open}", folder.path());
  ASSERT_FALSE(secret.has_value());
  EXPECT_EQ(secret.error().kind, ErrorKind::kForbidden);
  EXPECT_THAT(secret.error().message, HasSubstr("chmod o-rw"));
  EXPECT_THAT(secret.error().message, Not(HasSubstr("s3cret")));
}

TEST(Secret, FilesOfTheWrongShapeAreRefused) {
  const TemporaryFolder folder;
  folder.Write("empty", "\n", 0600);
  folder.Write("big", std::string(20'000, 'x'), 0600);
  folder.Write("binary", std::string("a\0b", 3), 0600);
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  for (const char* name : {"empty", "big", "binary", "pipe", "."}) {
    const std::string reference = std::string("${file:") + name + "}";
    const core::Result<std::string> secret = ReadSecret(reference, folder.path());
    ASSERT_FALSE(secret.has_value()) << name;
    EXPECT_EQ(secret.error().kind, ErrorKind::kBadInput) << name;
  }
}

struct NoReference {
  const char* name;
  std::string text;
};
void PrintTo(const NoReference& row, std::ostream* out) { *out << row.name; }

class RefusedReference : public ::testing::TestWithParam<NoReference> {};

TEST_P(RefusedReference, IsNeverRepeatedInTheMessage) {
  const core::Result<void> form = CheckSecretReference(GetParam().text);
  ASSERT_FALSE(form.has_value());
  EXPECT_EQ(form.error().kind, ErrorKind::kBadInput);
  EXPECT_THAT(form.error().message, Not(HasSubstr("hunter2")));
  EXPECT_EQ(ReadSecret(GetParam().text, "").error().message, form.error().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedReference,
    ::testing::Values(NoReference{"Literal", "hunter2"}, NoReference{"Empty", ""},
                      NoReference{"OldShell", "$hunter2"}, NoReference{"NoScheme", "${hunter2}"},
                      NoReference{"WrongScheme", "${hunter2:x}"}, NoReference{"NoName", "${env:}"},
                      NoReference{"NoPath", "${file:}"},
                      NoReference{"CredentialPath", "${credential:../hunter2}"},
                      NoReference{"CredentialParent", "${credential:..}"},
                      NoReference{"TextAround", "x${env:hunter2}"}, NoReference{"Brace", "${"},
                      NoReference{"BraceOnly", "${}"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace schoolwatch::config
