{{/* Kafka and PostgreSQL as the processes see them, whoever made them. */}}
{{- define "dengwen.kafka.bootstrap" -}}
{{- if eq .Values.kafka.kind "strimzi" }}{{ .Values.kafka.strimzi.cluster }}-kafka-bootstrap:9093
{{- else }}{{ .Values.kafka.existing.bootstrap }}{{ end -}}
{{- end }}

{{- define "dengwen.kafka.tls" -}}
{{- if or (eq .Values.kafka.kind "strimzi") .Values.kafka.existing.tls }}yes{{ end -}}
{{- end }}

{{- define "dengwen.kafka.mechanism" -}}
{{- if eq .Values.kafka.kind "strimzi" }}SCRAM-SHA-512{{ else }}{{ .Values.kafka.existing.mechanism }}{{ end -}}
{{- end }}

{{- define "dengwen.postgres.tls" -}}
{{- if or (eq .Values.postgres.kind "cloudnativepg") .Values.postgres.existing.tls }}yes{{ end -}}
{{- end }}

{{/* dict root, place: host and port of one of the two servers. */}}
{{- define "dengwen.postgres.address" -}}
{{- $one := ternary "vault" "main" (eq .place "postgres-vault") -}}
{{- if eq .root.Values.postgres.kind "cloudnativepg" -}}
{{ (index .root.Values.postgres.cloudnativepg $one).name }}-rw:5432
{{- else -}}
{{- $server := index .root.Values.postgres.existing $one -}}
{{ $server.host }}:{{ $server.port }}
{{- end -}}
{{- end }}

{{/* dict root, place, role, database: an address without a password. */}}
{{- define "dengwen.postgres.dsn" -}}
postgresql://{{ .role }}@{{ include "dengwen.postgres.address" . }}/{{ .database }}
{{- if include "dengwen.postgres.tls" .root }}?sslmode=verify-full&sslrootcert=/run/dengwen/postgres-ca/ca.crt{{ end -}}
{{- end }}

{{- define "dengwen.postgres.ca" -}}
{{ ternary "postgres-vault-ca" "postgres-ca" (eq .place "postgres-vault") }}
{{- end }}

{{/* dict root, place: the ports at which Kafka or PostgreSQL is reached, for a policy. */}}
{{- define "dengwen.ground.ports" -}}
{{- if eq .place "kafka" }}
{{- $seen := dict }}
{{- range splitList "," (include "dengwen.kafka.bootstrap" .root) }}{{ $_ := set $seen (last (splitList ":" .)) "" }}{{ end }}
{{- range keys $seen | sortAlpha }}
- {protocol: TCP, port: {{ . }}}
{{- end }}
{{- else }}
- {protocol: TCP, port: {{ last (splitList ":" (include "dengwen.postgres.address" .)) }}}
{{- end }}
{{- end }}

{{/* dict root, place: where Kafka or PostgreSQL is, for a policy. */}}
{{- define "dengwen.ground.peers" -}}
{{- $values := .root.Values }}
{{- $one := ternary "vault" "main" (eq .place "postgres-vault") }}
{{- if and (eq .place "kafka") (eq $values.kafka.kind "strimzi") }}
- podSelector:
    matchLabels: {strimzi.io/cluster: {{ $values.kafka.strimzi.cluster }}, strimzi.io/broker-role: "true"}
{{- else if eq .place "kafka" }}
{{- include "dengwen.peers" $values.kafka.existing.network }}
{{- else if eq $values.postgres.kind "cloudnativepg" }}
- podSelector:
    matchLabels: {cnpg.io/cluster: {{ (index $values.postgres.cloudnativepg $one).name }}}
{{- else }}
{{- include "dengwen.peers" (index $values.postgres.existing $one).network }}
{{- end }}
{{- end }}

{{/* A list of peers from the values, as a policy has them. */}}
{{- define "dengwen.peers" -}}
{{- range . }}
{{- if .cidr }}
- ipBlock: {cidr: {{ .cidr | quote }}}
{{- else }}
- podSelector:
    matchLabels:
      {{- toYaml .labels | nindent 6 }}
  {{- if .namespace }}
  namespaceSelector:
    matchLabels: {kubernetes.io/metadata.name: {{ .namespace }}}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
