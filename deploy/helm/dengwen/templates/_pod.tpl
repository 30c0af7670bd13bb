{{/* What every pod has in common: restricted, spread, without a token. */}}
{{- define "dengwen.pod.security" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "dengwen.container.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "dengwen.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end }}

{{/* dict root, component: where pods run. */}}
{{- define "dengwen.pod.place" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.scheduling.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.scheduling.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.scheduling.priorityClass }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- define "dengwen.pod.spread" -}}
topologySpreadConstraints:
  {{- $given := . }}
  {{- range $index, $key := .root.Values.scheduling.spreadOver }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: {{ ternary "DoNotSchedule" "ScheduleAnyway" (and (eq $index 0) (not $given.root.Values.trial)) }}
    nodeTaintsPolicy: Honor
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "dengwen.selector" $given | nindent 8 }}
  {{- end }}
{{- end }}

{{/* dict root, process: the whole environment of a process; passwords are files. */}}
{{- define "dengwen.environment" -}}
{{- $root := .root }}
{{- $process := .process }}
{{- $prefix := printf "DENGWEN_%s_" (upper $process.service) }}
{{- $name := include "dengwen.name" $root }}
{{- $role := printf "%s_%s" $process.service $process.login }}
{{- $dsn := dict "root" $root "place" $process.database "role" $role "database" (printf "petition_%s" $process.service) }}
- {name: DENGWEN_RELEASE, value: "1"}
- {name: TZ, value: UTC}
- {name: PYTHONUNBUFFERED, value: "1"}
- {name: {{ $prefix }}DATABASE_DSN, value: {{ include "dengwen.postgres.dsn" $dsn | quote }}}
- {name: {{ $prefix }}DATABASE_PASSWORD_FILE, value: /run/secrets/database/password}
- {name: {{ $prefix }}HTTP_HOST, value: 0.0.0.0}
- {name: {{ $prefix }}HTTP_PORT, value: {{ $process.ports.http | default 0 | toString | quote }}}
- {name: {{ $prefix }}OPERATIONS_PORT, value: {{ $process.ports.operations | toString | quote }}}
- {name: {{ $prefix }}REFERENCE_FOLDER, value: /opt/dengwen/contracts/reference}
- {name: {{ $prefix }}KEYS_FOLDER, value: /run/dengwen/keys}
- {name: {{ $prefix }}TOKEN_KEYS_FILE, value: /run/dengwen/tokens/tokens.json}
- {name: {{ $prefix }}SERVICE_KEY_FILE, value: /run/dengwen/service/service.pem}
- {name: {{ $prefix }}READINESS_DRAIN_SECONDS, value: "5"}
- {name: {{ $prefix }}SHUTDOWN_GRACE_SECONDS, value: "20"}
{{- range $process.asks }}
{{- $other := . }}
{{- range $root.Files.Get "files/topology.yaml" | fromYaml | dig "processes" list }}
{{- if eq .name (printf "%s-api" $other) }}
- {name: {{ $prefix }}{{ upper $other }}_URL, value: "http://{{ $name }}-{{ .name }}:{{ .ports.http }}"}
{{- end }}
{{- end }}
{{- end }}
{{- if $process.kafka }}
- {name: {{ $prefix }}KAFKA_BOOTSTRAP, value: {{ include "dengwen.kafka.bootstrap" $root | quote }}}
- {name: {{ $prefix }}KAFKA_USERNAME, value: {{ $process.service }}}
- {name: {{ $prefix }}KAFKA_PASSWORD_FILE, value: /run/secrets/kafka/password}
- {name: {{ $prefix }}KAFKA_MECHANISM, value: {{ include "dengwen.kafka.mechanism" $root }}}
{{- if include "dengwen.kafka.tls" $root }}
- {name: {{ $prefix }}KAFKA_CA_FILE, value: /run/dengwen/kafka-ca/ca.crt}
{{- end }}
{{- end }}
{{- if $process.watches }}
{{- $urls := dict }}
{{- range $root.Files.Get "files/topology.yaml" | fromYaml | dig "processes" list }}
{{- if has .name $process.watches }}
{{- $_ := set $urls .name (printf "http://%s-%s:%v" $name .name .ports.operations) }}
{{- end }}
{{- end }}
- {name: {{ $prefix }}OPERATIONS_URLS, value: {{ $urls | toJson | quote }}}
{{- end }}
{{- if $process.public }}
- {name: {{ $prefix }}SECURE_COOKIES, value: "true"}
{{- end }}
{{- if eq $process.service "console" }}
- {name: {{ $prefix }}STAFF_KEY_FILE, value: /run/dengwen/staff/staff.pem}
{{- end }}
{{- $settings := dig $process.service dict $root.Values.settings }}
{{- range $key := keys $settings | sortAlpha }}
- {name: {{ $prefix }}{{ $key }}, value: {{ include "dengwen.written" (index $settings $key) | quote }}}
{{- end }}
{{- end }}

{{/* dict root, process: the secrets of a process by name, each as files, and where they are seen. */}}
{{- define "dengwen.secrets" -}}
{{- $process := .process }}
{{- $found := list
  (dict "name" "database" "secret" (printf "db-%s-%s" $process.service $process.login) "path" "/run/secrets/database" "key" "password")
  (dict "name" "keys" "secret" (printf "keys-%s" $process.service) "path" "/run/dengwen/keys")
  (dict "name" "tokens" "secret" "tokens" "path" "/run/dengwen/tokens" "key" "tokens.json")
  (dict "name" "service-key" "secret" (printf "service-key-%s" $process.service) "path" "/run/dengwen/service" "key" "service.pem")
}}
{{- if $process.kafka }}
{{- $found = append $found (dict "name" "kafka" "secret" (printf "kafka-%s" $process.service) "path" "/run/secrets/kafka" "key" "password") }}
{{- if include "dengwen.kafka.tls" .root }}
{{- $found = append $found (dict "name" "kafka-ca" "secret" "kafka-ca" "path" "/run/dengwen/kafka-ca" "key" "ca.crt") }}
{{- end }}
{{- end }}
{{- if include "dengwen.postgres.tls" .root }}
{{- $ca := include "dengwen.postgres.ca" (dict "place" $process.database) }}
{{- $found = append $found (dict "name" "postgres-ca" "secret" $ca "path" "/run/dengwen/postgres-ca" "key" "ca.crt") }}
{{- end }}
{{- if eq $process.service "console" }}
{{- $found = append $found (dict "name" "staff-key" "secret" "staff-key" "path" "/run/dengwen/staff" "key" "staff.pem") }}
{{- end }}
{{- toYaml $found }}
{{- end }}
