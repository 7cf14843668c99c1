import type { MistakeCase } from '../compile-source.ts';
import { unit, unitText } from '../unit-text.ts';

/** The unit with a compute step, and the Python it is given. */
const computing = (step: string, python: string) =>
  unit(
    {
      before: `
        before:
          - read: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            keep: { status: KeyRotationEnabled }
${step.replaceAll(/^/gmu, '          ')}`,
    },
    python,
  );
const good = `- compute: rotates
  with: { status: "{before.status}" }
  keep: { rotating: "@" }`;

/** The pure functions of a unit. */
export const pythonCases: readonly MistakeCase[] = [
  {
    title: 'a function that there is not',
    files: computing(
      good.replace('rotates', '»rotate'),
      `
      """How keys rotate."""


      »def rotates(status):
          """Tell whether it rotates."""
          return bool(status)`,
    ),
    says: `
      unused-function
        No step needs rotates.
        Code that nothing calls is never tested by the unit.
        Remove it, or call it in a compute step.
      unknown-function
        There is no function rotate.
        The script would fail at this step.
        Did you mean rotates?`,
  },
  {
    title: 'a function without a file',
    files: (() => {
      const { 'runbooks/kms/Rotate.py': _, ...files } = computing(
        good.replace('rotates', '»rotates'),
        '',
      );
      return files;
    })(),
    says: `
      unknown-function
        There is no function rotates.
        The script would fail at this step.
        Write it in Rotate.py.`,
  },
  {
    title: 'arguments that the function does not have, and one that it needs',
    files: computing(
      `- compute: »rotates
  with: { »state: "{before.status}" }
  keep: { rotating: "@" }`,
      `
      """How keys rotate."""


      def rotates(status: dict[str, bool], *, otherwise=(False, True)):
          """Tell whether it rotates."""
          return bool(status) or otherwise[0]`,
    ),
    says: `
      function-arguments
        rotates needs the argument status.
        The script would fail at this step.
        Add it to with.
      function-arguments
        rotates has no argument state.
        The script would fail at this step.
        It has: status, otherwise.`,
  },
  {
    title: 'functions and constants that no step needs',
    files: computing(
      good,
      `
      """How keys rotate.

      Text of several lines is no code.
      """

      »LIMIT = 3


      # Nobody asks for it.
      »def unused():
          """Return nothing."""
          return None


      def rotates(status):
          """Tell whether it rotates."""
          return bool(status)


      »if __name__ == "__main__":
          rotates(True)`,
    ),
    says: `
      unused-function
        No step needs LIMIT.
        Code that nothing calls is never tested by the unit.
        Remove it, or call it in a compute step.
      unused-function
        No step needs unused.
        Code that nothing calls is never tested by the unit.
        Remove it, or call it in a compute step.
      unused-function
        No step needs this.
        Code that nothing calls is never tested by the unit.
        Remove it, or call it in a compute step.`,
  },
  {
    title: 'imports, the clock, input and output',
    files: computing(
      good,
      `
      """How keys rotate."""

      »import os
      »»import re as regex, sys
      »from boto3 import client
      from datetime import datetime


      def rotates(status):
          """Tell whether it rotates; print( and import os in a text are text."""
          »import subprocess

          if »datetime».now() and »datetime».today():
              »»print(f"{»»open('/etc/passwd')} open (text)")
          return »»eval("status") or »exit(1) or regex or client or subprocess or os or sys`,
    ),
    says: `
      impure-function
        The module os must not be imported here.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Allowed: re, json, ipaddress, datetime, fnmatch, copy, math, string, itertools, functools, hashlib, base64.
      impure-function
        The module sys must not be imported here.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Allowed: re, json, ipaddress, datetime, fnmatch, copy, math, string, itertools, functools, hashlib, base64.
      python-lint
        E401 Multiple imports on one line.
        The script would fail or surprise at run time.
        See the rule in the ruff documentation.
      impure-function
        The module boto3 must not be imported here.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Allowed: re, json, ipaddress, datetime, fnmatch, copy, math, string, itertools, functools, hashlib, base64.
      impure-function
        The module subprocess must not be imported here.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Allowed: re, json, ipaddress, datetime, fnmatch, copy, math, string, itertools, functools, hashlib, base64.
      python-lint
        DTZ005 \`datetime.datetime.now()\` called without a \`tz\` argument.
        The script would fail or surprise at run time.
        See the rule in the ruff documentation.
      impure-function
        now() is not pure.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Take the time as an argument: {now}.
      python-lint
        DTZ002 \`datetime.datetime.today()\` used.
        The script would fail or surprise at run time.
        See the rule in the ruff documentation.
      impure-function
        today() is not pure.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Take the time as an argument: {now}.
      impure-function
        print() is not pure.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Return a value instead.
      python-lint
        T201 \`print\` found.
        The script would fail or surprise at run time.
        See the rule in the ruff documentation.
      impure-function
        open() is not pure.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Return a value instead.
      python-lint
        SIM115 Use a context manager for opening files.
        The script would fail or surprise at run time.
        See the rule in the ruff documentation.
      impure-function
        eval() is not pure.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Return a value instead.
      python-lint
        S307 Use of possibly insecure function; consider using \`ast.literal_eval\`.
        The script would fail or surprise at run time.
        See the rule in the ruff documentation.
      impure-function
        exit() is not pure.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Return a value instead.`,
  },
  {
    title: 'Python that is none',
    files: computing(
      good,
      `
      """How keys rotate."""


      def rotates(status)»
          return bool(status)`,
    ),
    says: `
      python-syntax
        Expected \`:\`, found newline.
        Systems Manager would refuse the script.
        Mend the Python.`,
  },
  {
    title: 'a lint problem and a file that is not formatted',
    files: computing(
      good,
      `
      """How keys rotate."""


      def rotates(status):
          """Tell whether it rotates."""
      »    return status == »None or [ l for »l in "x"] == []`,
    ),
    says: `
      python-lint
        The file is not formatted.
        The script would fail or surprise at run time.
        Run npm run format.
      python-lint
        E711 Comparison to \`None\` should be \`cond is None\`.
        The script would fail or surprise at run time.
        See the rule in the ruff documentation.
      python-lint
        E741 Ambiguous variable name: \`l\`.
        The script would fail or surprise at run time.
        See the rule in the ruff documentation.`,
  },
  {
    title: 'functions that would replace those of the script',
    files: {
      ...computing(
        `- compute: text
  with: { status: "{before.status}" }
  keep: { rotating: "@" }`,
        `
      """How keys rotate."""


      »def text(status):
          """Tell whether it rotates."""
          return helper(status)


      »def helper(status):
          """Tell whether it rotates."""
          return bool(status)`,
      ),
      'runbooks/_shared/helpers.py': `"""What several units need."""


def helper(status):
    """Tell whether it rotates."""
    return status
`,
    },
    says: `
      taken-name
        text is already defined by the script itself.
        One of the two would hide the other.
        Rename it.
      taken-name
        helper is already defined by runbooks/_shared/helpers.py.
        One of the two would hide the other.
        Rename it.`,
  },
  {
    title: 'shared functions that are not pure',
    files: {
      'runbooks/kms/Rotate.yaml': unitText(),
      'runbooks/kms/Rotate.test.yaml': unit()['runbooks/kms/Rotate.test.yaml'] ?? '',
      'runbooks/_shared/files.py': `"""What several units need."""

from os import environ


def home():
    """Return the home folder."""
    return environ["HOME"]
`.replace('from os', '»from os'),
    },
    says: `
      impure-function
        The module os must not be imported here.
        Only pure functions can be tested without AWS, and only YAML may call AWS.
        Allowed: re, json, ipaddress, datetime, fnmatch, copy, math, string, itertools, functools, hashlib, base64.`,
  },
];
