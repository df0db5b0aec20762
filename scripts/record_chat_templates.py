#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records what Jinja makes of chat templates, set up as transformers' apply_chat_template does.

Needs `pip install jinja2`. Writes mase/frontend/testdata/chat_templates.json: by name [template, [[messages, add_generation_prompt, text] ...]];
the text is null where the template refuses the messages. The templates are those of the families in short, and pieces that go through each construct.
"""
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.sandbox

root = pathlib.Path(__file__).resolve().parent.parent

chatml = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
smollm2 = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}" + chatml[len("{% for message in messages %}") :]
qwen2 = """{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- else %}
    {{- '<|im_start|>system\\nYou are Qwen.<|im_end|>\\n' }}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
"""
llama2 = "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"
llama3 = "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
mistral = llama2.replace("bos_token + '[INST] '", "'[INST] '").replace("{% if messages[0]", "{{ bos_token }}{% if messages[0]", 1)
phi3 = "{% for message in messages %}{% if message['role'] == 'system' %}{{'<|system|>\n' + message['content'] + '<|end|>\n'}}{% elif message['role'] == 'user' %}{{'<|user|>\n' + message['content'] + '<|end|>\n'}}{% elif message['role'] == 'assistant' %}{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}"
gemma = "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}"
zephyr = "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}"
pieces = {
    "white space": "  a\n  {% if true %}\n  b {{ 1 }}\n   {% endif %}\n {#- c -#} \n  {# d #}\n e {%+ if true %} f {%- endif -%}  \n g\n\n",
    "values": "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 * 3 + 1 - 4 }} {{ 'a' ~ 1 ~ none ~ true }} {{ 1 < 2 and 'x' or 'y' }} {{ not 0 }} {{ [1, 'b', (2, 3)] | length }} {{ 'abc'[1] }} {{ 'abc'[-1:] }} {{ 'abcd'[1:3] }} {{ (messages | first).role }} {{ missing }} {{ missing | default('d') }} {{ '' | default('e', true) }}",
    "filters": "{{ messages[0] | tojson }} {{ messages[0].content | tojson }} {{ ' x ' | trim }} {{ 'aB' | upper }} {{ 'aB' | lower }} {{ ['a', 'b'] | join(', ') }} {{ 'abc' | replace('b', 'x') }} {{ 'hELLO' | capitalize }} {{ [1, 2] | last }} {{ 'ab' | list | length }} {{ 3 | string + 'x' }}",
    "tests": "{% for x in [1, 'a', none, true, [1], messages[0], missing] %}{{ x is defined }} {{ x is none }} {{ x is string }} {{ x is mapping }} {{ x is iterable }} {{ x is number }} {{ x is not boolean }} {{ x is true }};{% endfor %}",
    "loops": "{% for m in messages if m.role != 'system' %}{{ loop.index }}/{{ loop.length }}{{ loop.first }}{{ loop.last }}{{ loop.previtem.role if loop.previtem is defined else '-' }}{% if loop.index == 2 %}{% break %}{% endif %}{% else %}none{% endfor %}{% for k, v in messages[0].items() %}{{ k }}={{ v }}{% if not loop.last %}{% continue %}{% endif %}.{% endfor %}{% for i in range(3) %}{{ i }}{% endfor %}{% for i in [] %}{% else %}empty{% endfor %}",
    "scopes": "{% set a = 1 %}{% for i in range(2) %}{% set a = a + 5 %}{{ a }}{% endfor %}{{ a }}{% if true %}{% set a = 2 %}{% endif %}{{ a }}{% set n = namespace(c=0) %}{% for i in range(3) %}{% set n.c = n.c + i %}{% endfor %}{{ n.c }}",
    "texts": "{{ 'a,b,c'.split(',')[1] }} {{ ' x '.strip() }}|{{ 'xxaxx'.strip('x') }} {{ 'xa'.lstrip('x') }} {{ 'ax'.rstrip('x') }} {{ 'abc'.startswith('ab') }} {{ 'b' in 'abc' }} {{ 'z' not in ['a'] }} {{ 'it\\'s' }} {{ messages[0].get('role') }} {{ messages[0].get('x', 'y') }} {{ 'a\\n' 'b' }}",
}
templates = {"ChatML": chatml, "SmolLM2": smollm2, "Qwen 3": qwen2, "Llama 2": llama2, "Llama 3": llama3, "Mistral": mistral, "Phi-3": phi3, "Gemma": gemma, "zephyr": zephyr} | pieces
turn = lambda role, content: {"role": role, "content": content}
conversations = [
    [turn("user", "Hi there!")],
    [turn("system", "Be brief."), turn("user", " What is 2+2? \n"), turn("assistant", "4"), turn("user", "caf\u00e9 \"quoted\" <b>")],
    [turn("user", "a"), turn("assistant", "<think>\nhm\n</think>\n\nb"), turn("user", "c"), turn("assistant", "d")],
]


class Refused(Exception):
    pass


def raise_exception(message):
    raise Refused(message)


environment = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols])
environment.globals["raise_exception"] = raise_exception
environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
result = {"what": "texts by jinja2 %s; scripts/record_chat_templates.py" % jinja2.__version__}
for name, text in templates.items():
    cases = []
    for messages in conversations:
        for generates in (True, False):
            try:
                shown = environment.from_string(text).render(messages=messages, add_generation_prompt=generates, bos_token="<s>", eos_token="</s>", tools=None, documents=None)
            except Refused:
                shown = None
            cases.append([messages, generates, shown])
    result[name] = [text, cases]
target = root / "mase/frontend/testdata/chat_templates.json"
target.write_text(json.dumps(result, indent=0, ensure_ascii=True) + "\n")
print(target, target.stat().st_size)
