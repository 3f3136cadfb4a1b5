"""debian_repositories: what Bazel 4 would download before it does anything, from Debian's packages instead.

Only for Debian's `bazel-bootstrap` 4.2.3, with `bazel-platforms`, `bazel-rules-java` and `bazel-rules-proto`: in `WORKSPACE`,

    load("@proctor//:debian.bzl", "debian_repositories")

    debian_repositories()
"""

# Debian's own rules_cc is too new for its Bazel, whose tools want no more than these names.
_OF_CC = [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
    "fdo_profile",
    "objc_library",
]
_NO_RULES = ["cc_flags_supplier", "compiler_flag"]

def _native_rules_cc_impl(ctx):
    lines = ["{0} = native.{0}".format(name) for name in _OF_CC]
    lines += ["def {}(**_attributes):\n    pass\n".format(name) for name in _NO_RULES]
    ctx.file("BUILD")
    ctx.file("cc/BUILD")
    ctx.file("cc/defs.bzl", "\n".join(lines))

_native_rules_cc = repository_rule(implementation = _native_rules_cc_impl)

def _no_coverage_tools_impl(ctx):
    ctx.file(
        "BUILD",
        'filegroup(name = "coverage_report_generator", visibility = ["//visibility:public"])\n',
    )

_no_coverage_tools = repository_rule(implementation = _no_coverage_tools_impl)

def debian_repositories():
    """The five repositories that Bazel 4 adds to every workspace, without a download."""
    _native_rules_cc(name = "rules_cc")
    _no_coverage_tools(name = "remote_coverage_tools")
    native.local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
    native.local_repository(name = "rules_proto", path = "/usr/share/bazel/rules/proto")
    native.local_repository(name = "platforms", path = "/usr/share/bazel/platforms")
