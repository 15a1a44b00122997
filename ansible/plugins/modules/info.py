#!/usr/bin/python
# Copyright (c) 2026 The seki authors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
---
module: info
short_description: What seki tells of a host
version_added: 1.0.0
description:
  - Reads lists of C(seki show) as data, such as forwards with their states,
    containers with their addresses, and the checks of C(seki doctor).
options:
  gather:
    description:
      - The lists, by their names in C(seki show).
    type: list
    elements: str
    default: [status, forwards, containers, checks]
  executable:
    description:
      - The program, by its path or as the host's C(PATH) finds it.
    type: str
    default: seki
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  platform:
    support: full
    platforms: posix
author:
  - The seki authors (@seki)
'''

EXAMPLES = r'''
- name: Look at forwards
  seki.host.info:
    gather: [forwards]
  register: host

- name: All of them work
  ansible.builtin.assert:
    that: host.forwards | rejectattr('state', 'equalto', 'active') | length == 0
'''

RETURN = r'''
status:
  description: One item, with the pending commit, drift, and the service.
  returned: if gathered
  type: list
  elements: dict
forwards:
  description: Port forwards, each with its state, reason and counters.
  returned: if gathered
  type: list
  elements: dict
containers:
  description: Containers, with their addresses.
  returned: if gathered
  type: list
  elements: dict
checks:
  description: What C(seki doctor) looks at, and what it found.
  returned: if gathered
  type: list
  elements: dict
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.seki.host.plugins.module_utils import command


def main():
    module = AnsibleModule(
        argument_spec=dict(
            command.OPTIONS,
            gather=dict(type='list', elements='str',
                        default=['status', 'forwards', 'containers', 'checks']),
        ),
        supports_check_mode=True,
    )
    found = {}
    for name in module.params['gather']:
        found[name] = command.read(module, 'show', name, '--json')[0]
    module.exit_json(changed=False, **found)


if __name__ == '__main__':
    main()
